"""The facts behind the gates. Each is something that happened on the other side of the table."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import External, Record, audited, unique_external
from leads.choices import Answer, Direction, MeetingKind, MeetingStatus
from leads.models.lead import Lead
from leads.querysets import FactQuerySet, MeasurementQuerySet, PromiseQuerySet


class LeadFact(Record, External):
    """Base of a fact: whose lead, who wrote it down, and by what name another system knows it."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


@audited()
class Meeting(LeadFact):
    """A call or meeting: appointed for a time, and held or not."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="meetings")
    kind = models.CharField(_("вид"), max_length=5, choices=MeetingKind.choices, default=MeetingKind.CALL)
    planned_at = models.DateTimeField(_("назначена на"))
    held_at = models.DateTimeField(_("состоялась"), null=True, blank=True)
    status = models.CharField(
        _("состояние"), max_length=10, choices=MeetingStatus.choices, default=MeetingStatus.PLANNED
    )
    place = models.CharField(_("место или ссылка"), max_length=200, blank=True, default="")
    note = models.TextField(_("о чём говорили"), blank=True, default="")

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-planned_at"]
        constraints: ClassVar = [unique_external("meeting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.planned_at:%Y-%m-%d}"


@audited()
class Interview(LeadFact):
    """CustDev: whether the problem, the value and the UTP held, in the person's own words."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="interviews")
    at = models.DateTimeField(_("когда"))
    problem = models.TextField(_("проблема"))
    problem_validated = models.CharField(_("проблема есть"), max_length=3, choices=Answer.choices, blank=True)
    value_validated = models.CharField(_("ценность есть"), max_length=3, choices=Answer.choices, blank=True)
    utp_validated = models.CharField(_("УТП сработало"), max_length=3, choices=Answer.choices, blank=True)
    quotes = models.TextField(_("цитаты"), blank=True, default="")

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at"]
        constraints: ClassVar = [unique_external("interview")]

    def __str__(self) -> str:
        return self.problem[:60]


@audited()
class Agreement(LeadFact):
    """The verbal contract: what each side gives."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="agreements")
    at = models.DateTimeField(_("когда"))
    agent_gives = models.TextField(_("что даёт он"), blank=True, default="")
    bank_gives = models.TextField(_("что даёт банк"), blank=True, default="")

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at"]
        constraints: ClassVar = [unique_external("agreement")]

    def __str__(self) -> str:
        return self.agent_gives[:60]


@audited()
class Contract(LeadFact):
    """The signed contract with its file."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="contracts")
    number = models.CharField(_("номер"), max_length=60, blank=True, default="")
    signed_on = models.DateField(_("дата"), null=True, blank=True)
    provides = models.TextField(_("что предоставляется"), blank=True, default="")
    terms = models.TextField(_("на каких условиях"), blank=True, default="")
    bank_service = models.TextField(_("какая услуга банка нужна"), blank=True, default="")
    file = models.FileField(_("файл"), upload_to="contracts/%Y/%m", blank=True)
    file_name = models.CharField(max_length=200, blank=True, default="")

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-signed_on", "-id"]
        constraints: ClassVar = [unique_external("contract")]

    def __str__(self) -> str:
        return self.number


@audited()
class ValuePromise(LeadFact):
    """What was promised, so that it can be measured: metric, unit, from what, to what, by when.

    The last four columns follow from the measurements and are written by ``leads.services.value`` alone.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="promises")
    metric = models.CharField(_("метрика"), max_length=200)
    unit = models.CharField(_("единица"), max_length=40, blank=True, default="")
    baseline = models.DecimalField(_("было"), max_digits=18, decimal_places=4, null=True, blank=True)
    target = models.DecimalField(_("обещано"), max_digits=18, decimal_places=4)
    direction = models.CharField(max_length=4, choices=Direction.choices, default=Direction.UP)
    promised_on = models.DateField(_("когда обещали"))
    due_on = models.DateField(_("к какому дню"))
    measured = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True, editable=False)
    measured_on = models.DateField(null=True, blank=True, editable=False)
    kept_on = models.DateField(null=True, blank=True, editable=False)
    """Since when what is measured is as good as promised; empty while it is not."""
    fell_short_on = models.DateField(null=True, blank=True, editable=False)
    """When it was said that the promise fell short; empty while it has not, or caught up since."""

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [unique_external("value_promise")]
        indexes: ClassVar = [
            models.Index(fields=["due_on"], condition=models.Q(kept_on__isnull=True), name="promise_not_kept_by_day")
        ]

    def __str__(self) -> str:
        return self.metric


@audited()
class ValueMeasurement(LeadFact):
    promise = models.ForeignKey(ValuePromise, on_delete=models.CASCADE, related_name="measurements")
    at = models.DateTimeField(_("когда измерено"))
    value = models.DecimalField(_("факт"), max_digits=18, decimal_places=4)
    taken_from = models.CharField(_("откуда число"), max_length=200, blank=True, default="")

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [unique_external("value_measurement")]

    def __str__(self) -> str:
        return str(self.value)
