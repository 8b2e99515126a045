"""The plan: a week, its goals, the actions that serve them, and every change of their priority."""

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from agents.models import Initiative, Party, Segment
from backlog.choices import ActionKind, ActionStatus, GoalStatus, Priority, PriorityCause, SprintStatus
from backlog.metrics import METRICS, OWN
from backlog.querysets import ActionQuerySet, GoalQuerySet, SprintQuerySet
from common.models import External, Record, audited, unique_external
from leads.models import Lead


@audited()
class Sprint(Record):
    """One person's ISO week. It opens with goals and closes with a review."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("владелец"), on_delete=models.PROTECT)
    team = models.ForeignKey(Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True)
    starts_on = models.DateField(_("понедельник недели"))
    status = models.CharField(_("состояние"), max_length=6, choices=SprintStatus.choices, default=SprintStatus.OPEN)
    worked = models.TextField(_("что сработало"), blank=True, default="")
    failed = models.TextField(_("что не сработало"), blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = SprintQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "starts_on"], name="sprint_once"),
            models.CheckConstraint(condition=Q(starts_on__iso_week_day=1), name="sprint_starts_on_monday"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The ISO week as addresses carry it: 2026-W48."""
        year, week, _day = self.starts_on.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def ends_on(self) -> date:
        return self.starts_on + timedelta(days=6)

    @property
    def is_open(self) -> bool:
        return self.status == SprintStatus.OPEN


@audited()
class Goal(Record, External):
    """What the week must bring in a segment. The goal is primary, actions serve it."""

    sprint = models.ForeignKey(Sprint, verbose_name=_("неделя"), on_delete=models.PROTECT, related_name="goals")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("владелец"), on_delete=models.PROTECT)
    team = models.ForeignKey(Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True)
    segment = models.ForeignKey(Segment, verbose_name=_("сегмент"), on_delete=models.PROTECT, null=True, blank=True)
    initiative = models.ForeignKey(
        Initiative, verbose_name=_("инициатива"), on_delete=models.PROTECT, null=True, blank=True
    )
    statement = models.CharField(_("цель"), max_length=300)
    metric = models.CharField(_("метрика"), max_length=30, choices=[(m.code, m.name) for m in METRICS.values()])
    metric_name = models.CharField(_("название своей метрики"), max_length=120, blank=True, default="")
    unit = models.CharField(_("единица"), max_length=30, blank=True, default="")
    baseline = models.DecimalField(_("было"), max_digits=14, decimal_places=2, default=0)
    target = models.DecimalField(_("станет"), max_digits=14, decimal_places=2)
    due_on = models.DateField(_("к какому дню"))
    unit_margin = models.DecimalField(
        _("маржа единицы метрики"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    status = models.CharField(_("состояние"), max_length=7, choices=GoalStatus.choices, default=GoalStatus.ACTIVE)
    position = models.PositiveIntegerField(default=0)
    continues = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(target__gt=F("baseline")), name="goal_target_above_baseline"),
            models.CheckConstraint(condition=~Q(metric=OWN) | ~Q(metric_name=""), name="goal_own_metric_is_named"),
            unique_external("goal"),
        ]

    def __str__(self) -> str:
        return self.statement


@audited()
class GoalValue(models.Model):
    """A value of an own metric, with the moment at which it held. What is counted needs no row here."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="values")
    at = models.DateTimeField()
    value = models.DecimalField(_("значение"), max_digits=14, decimal_places=2)
    note = models.CharField(_("откуда"), max_length=200, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.value} {self.at:%d.%m %H:%M}"


@audited()
class Action(Record, External):
    """A step toward a goal. Without a sprint it is an idea. Minutes of duration; ``slot_at`` is when it is to begin."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("владелец"), on_delete=models.PROTECT, related_name="actions"
    )
    team = models.ForeignKey(Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True)
    sprint = models.ForeignKey(
        Sprint, verbose_name=_("неделя"), on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    goal = models.ForeignKey(
        Goal, verbose_name=_("цель"), on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    segment = models.ForeignKey(Segment, verbose_name=_("сегмент"), on_delete=models.PROTECT, null=True, blank=True)
    lead = models.ForeignKey(
        Lead, verbose_name=_("лид"), on_delete=models.CASCADE, null=True, blank=True, related_name="actions"
    )
    party = models.ForeignKey(
        Party,
        verbose_name=_("агент или клиент"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
    )
    title = models.CharField(_("что сделать"), max_length=200)
    kind = models.CharField(_("вид"), max_length=8, choices=ActionKind.choices, default=ActionKind.TASK)
    priority = models.PositiveSmallIntegerField(_("приоритет"), choices=Priority.choices, default=Priority.WEEK)
    priority_own = models.BooleanField(_("приоритет выбран самим"), default=False)
    priority_reason = models.CharField(_("почему такой приоритет"), max_length=300, blank=True, default="")
    pinned = models.BooleanField(_("закреплено наверху"), default=False)
    due_at = models.DateTimeField(_("сделать до"))
    minutes = models.PositiveSmallIntegerField(_("длительность, минут"), default=30)
    slot_at = models.DateTimeField(_("слот времени"), null=True, blank=True)
    location = models.CharField(_("место"), max_length=120, blank=True, default="")
    note = models.TextField(_("заметка"), blank=True, default="", max_length=4000)
    expected = models.DecimalField(_("сколько добавит к метрике"), max_digits=10, decimal_places=2, default=1)
    status = models.CharField(_("состояние"), max_length=7, choices=ActionStatus.choices, default=ActionStatus.PLANNED)
    done_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    follows = models.ForeignKey(
        "self", verbose_name=_("после действия"), on_delete=models.SET_NULL, null=True, blank=True, related_name="next"
    )
    finding = models.ForeignKey(
        "backlog.Finding", verbose_name=_("взято из находки"), on_delete=models.SET_NULL, null=True, blank=True,
        related_name="borrowed",
    )  # fmt: skip
    sprung_from = models.CharField(max_length=120, blank=True, default="", editable=False)
    """What made it where no person did: a reply, a promise not kept. Unique where given."""

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(priority__lte=3), name="action_priority_0_3"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=720), name="action_5_min_to_12_h"),
            models.UniqueConstraint(fields=["sprung_from"], condition=~Q(sprung_from=""), name="action_sprung_once"),
            unique_external("action"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "due_at"], condition=Q(status="planned"), name="action_open_by_owner"),
            models.Index(fields=["owner", "slot_at"], condition=Q(slot_at__isnull=False), name="action_by_slot"),
            models.Index(fields=["sprint", "status"], name="action_by_sprint"),
            models.Index(fields=["owner", "done_at"], condition=Q(status="done"), name="action_done_by_owner"),
            models.Index(fields=["lead"], condition=Q(status="planned"), name="action_open_by_lead"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.status == ActionStatus.PLANNED

    @property
    def is_idea(self) -> bool:
        return self.sprint_id is None

    @property
    def slot_end(self) -> datetime | None:
        return self.slot_at + timedelta(minutes=self.minutes) if self.slot_at else None


class PriorityChange(models.Model):
    """Who changed an action's priority, when, from what to what, and why. Only ever added to."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="priority_changes")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    cause = models.CharField(max_length=8, choices=PriorityCause.choices)
    before = models.PositiveSmallIntegerField(choices=Priority.choices)
    after = models.PositiveSmallIntegerField(choices=Priority.choices)
    proposed = models.PositiveSmallIntegerField(choices=Priority.choices, null=True, blank=True)
    """What the engine would have said at that moment."""
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
