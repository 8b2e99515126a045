"""Requests about personal data: who is to be given or erased, what holds it up, how long what is kept."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import Party
from common.models import Record, audited
from privacy.choices import OPEN_ERASURES, Basis, ErasureState, ExportState


@audited()
class LegalHold(Record):
    """While it stands, nothing about the person is erased or aged out: a dispute, a request of the court."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="legal_holds")
    reason = models.CharField(_("основание запрета"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["party"], condition=Q(lifted_at__isnull=True), name="legal_hold_once_a_party"
            )
        ]

    def __str__(self) -> str:
        return self.reason


@audited(exclude=["act", "extract"])
class Erasure(Record):
    """Somebody's data taken out of every place. ``done`` are the steps behind it, so that a killed run goes on;
    ``counts`` says how many rows each gave up. The act and the extract of the log hold no personal data."""

    number = models.PositiveIntegerField(_("номер"), unique=True, editable=False)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="erasures")
    basis = models.CharField(_("основание"), max_length=10, choices=Basis.choices)
    letter = models.CharField(_("номер и дата обращения"), max_length=120, blank=True, default="")
    state = models.CharField(max_length=9, choices=ErasureState.choices, default=ErasureState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    act = models.BinaryField(default=b"")
    extract = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["party"], condition=Q(state__in=sorted(OPEN_ERASURES)), name="erasure_open_once_a_party"
            )
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@audited(exclude=["archive"])
class SubjectExport(Record):
    """Everything about a person in one archive, for a day."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="exports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=6, choices=ExportState.choices, default=ExportState.MAKING)
    archive = models.BinaryField(default=b"")
    rows = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.party_id} {self.state}"

    def is_ready(self, at: datetime) -> bool:
        """For its day, and not once the person was erased: his archive was emptied with the rest."""
        in_time = self.expires_at is not None and self.expires_at > at
        return self.state == ExportState.READY and in_time and bool(self.archive)


@audited()
class RetentionRule(Record):
    """What an administrator says about a class of rows: how many days it is kept, and whether the rule is on."""

    key = models.CharField(max_length=40, unique=True)
    days = models.PositiveIntegerField(_("хранить, дней"))
    active = models.BooleanField(_("удалять"), default=True)

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key


class RetentionRun(models.Model):
    """What one run of a rule did: how many rows were due, went, and stayed under a legal hold."""

    key = models.CharField(max_length=40)
    at = models.DateTimeField()
    before = models.DateTimeField()
    due = models.PositiveIntegerField()
    gone = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["key", "-at"], name="retention_run_of_rule")]

    def __str__(self) -> str:
        return f"{self.key} {self.at:%Y-%m-%d}"
