"""What a week must bring by leads: a row a person and segment, a number a stage. The fact is counted, never kept."""

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from agents.models import Segment
from common.models import Record, audited
from funnel.models import Stage
from plans.querysets import LeadPlanQuerySet


@audited()
class LeadPlan(Record):
    """One person's plan for one segment and ISO week. The plan of a team is the sum of its people's.

    ``team`` is the owner's when the plan was last changed, ``reach`` the segment's then: both stay with a past week.
    """

    week = models.DateField(_("понедельник недели"))
    segment = models.ForeignKey(Segment, verbose_name=_("сегмент"), on_delete=models.PROTECT, related_name="plans")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("владелец"), on_delete=models.PROTECT)
    team = models.ForeignKey(Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True)
    reach = models.PositiveIntegerField(_("охват, человек"), null=True, blank=True)

    objects = LeadPlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["week", "created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["week", "owner", "segment"], name="lead_plan_once"),
            models.CheckConstraint(condition=Q(week__iso_week_day=1), name="lead_plan_starts_on_monday"),
        ]
        indexes: ClassVar = [models.Index(fields=["week", "team"], name="lead_plan_by_team")]

    def __str__(self) -> str:
        return f"{self.code} {self.segment_id}"

    @property
    def code(self) -> str:
        """The ISO week as addresses carry it: 2026-W48."""
        year, week, _day = self.week.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def sunday(self) -> date:
        return self.week + timedelta(days=6)


@audited()
class PlanTarget(Record):
    """How many leads are to reach the stage in the week. No row means that nothing is planned; 0 is a plan too."""

    plan = models.ForeignKey(LeadPlan, on_delete=models.CASCADE, related_name="targets")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    target = models.PositiveIntegerField(_("план, лидов"))

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "stage"], name="plan_target_once")]

    def __str__(self) -> str:
        return str(self.target)
