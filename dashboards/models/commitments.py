"""What a person takes upon himself, apart from what the model says."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from common.models import Record, audited
from common.money import amount_field, currency_field
from dashboards.choices import PeriodKind
from dashboards.querysets import CommitmentQuerySet
from funnel.models import Funnel


@audited()
class Commitment(Record):
    """Signed contracts, their margin, or both, for a calendar week or month: of a person or of a whole team."""

    funnel = models.ForeignKey(Funnel, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="commitments")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="commitments")
    """Of a person: his team on that day. Of a team: the team itself."""
    period = models.CharField(_("период"), max_length=5, choices=PeriodKind.choices)
    starts_on = models.DateField(_("первый день"))
    count = models.PositiveIntegerField(_("контрактов"), null=True, blank=True)
    margin = amount_field(verbose_name=_("маржа"))
    currency = currency_field()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    late = models.BooleanField(_("подано с опозданием"), default=False)
    """Given or changed after the first working day of the period."""

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "period"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["funnel", "user", "period", "starts_on"],
                condition=Q(user__isnull=False),
                name="commitment_of_a_person_once",
            ),
            models.UniqueConstraint(
                fields=["funnel", "team", "period", "starts_on"],
                condition=Q(user__isnull=True),
                name="commitment_of_a_team_once",
            ),
            models.CheckConstraint(condition=Q(user__isnull=False) | Q(team__isnull=False), name="commitment_is_ones"),
            models.CheckConstraint(
                condition=Q(count__isnull=False) | Q(margin__isnull=False), name="commitment_says_something"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["starts_on", "period"], name="commitment_by_period")]

    def __str__(self) -> str:
        return f"{self.period} {self.starts_on}"


class CommitmentChange(models.Model):
    """What was said when. Only ever added to."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(null=True)
    margin = amount_field()
    currency = currency_field()
    late = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.count}"
