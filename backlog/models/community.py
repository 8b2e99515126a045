"""Community of practice: what worked for one product owner, for others to borrow."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from agents.models import Segment
from backlog.choices import ActionKind
from backlog.metrics import METRICS
from backlog.querysets import FindingQuerySet
from common.models import External, Record, audited, unique_external


@audited()
class Finding(Record, External):
    """A claim with its evidence. Holds no client's name or phone: whoever works in the bank may read it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("автор"), on_delete=models.PROTECT)
    team = models.ForeignKey(Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True)
    bank_wide = models.BooleanField(_("видна всему банку"), default=True)
    segment = models.ForeignKey(Segment, verbose_name=_("сегмент"), on_delete=models.PROTECT, null=True, blank=True)
    segment_name = models.CharField(max_length=200, blank=True, default="")
    claim = models.CharField(_("что работает"), max_length=300)
    text = models.TextField(_("как это делать"), blank=True, default="", max_length=4000)
    metric = models.CharField(_("метрика"), max_length=30, choices=[(m.code, m.name) for m in METRICS.values()])
    metric_name = models.CharField(_("название своей метрики"), max_length=120, blank=True, default="")
    before_passed = models.PositiveIntegerField(_("было: получилось"), null=True, blank=True)
    before_tries = models.PositiveIntegerField(_("было: из скольких"), null=True, blank=True)
    after_passed = models.PositiveIntegerField(_("стало: получилось"), null=True, blank=True)
    after_tries = models.PositiveIntegerField(_("стало: из скольких"), null=True, blank=True)
    action_title = models.CharField(_("действие, которое можно взять"), max_length=200)
    action_kind = models.CharField(_("вид"), max_length=8, choices=ActionKind.choices, default=ActionKind.TASK)
    action_minutes = models.PositiveSmallIntegerField(_("длительность, минут"), default=30)
    retired = models.BooleanField(_("больше не показывать"), default=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(before_tries__isnull=True) | Q(before_passed__lte=models.F("before_tries")),
                name="finding_before_fits",
            ),
            models.CheckConstraint(
                condition=Q(after_tries__isnull=True) | Q(after_passed__lte=models.F("after_tries")),
                name="finding_after_fits",
            ),
            unique_external("finding"),
        ]

    def __str__(self) -> str:
        return self.claim


class FindingLike(models.Model):
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="likes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["finding", "user"], name="finding_liked_once")]

    def __str__(self) -> str:
        return f"{self.user_id}"


class Borrowing(models.Model):
    """Somebody took a finding's action into his own backlog. What it brought is counted from results."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="borrowings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    action = models.OneToOneField("backlog.Action", on_delete=models.CASCADE, related_name="borrowing")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.finding_id}"
