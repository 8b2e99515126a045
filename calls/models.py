"""Calls as the telephone exchange tells of them."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from agents.models import Party
from calls.choices import LIKELY_EMPTY_SECONDS, LONGEST_SECONDS, CallResult, Direction
from calls.querysets import CallQuerySet
from common.models import External, Record, audited, unique_external
from leads.models import Lead


@audited()
class Call(Record, External):
    """One call. ``phone`` is the other side's number: of a call from a stranger nothing else is known.

    ``source_version`` orders what the exchange tells of one call; what is older than this is not taken over.
    """

    direction = models.CharField(_("направление"), max_length=3, choices=Direction.choices)
    at = models.DateTimeField(_("начало"))
    duration_seconds = models.PositiveIntegerField(_("длительность, секунд"), default=0)
    result = models.CharField(_("чем кончился"), max_length=10, choices=CallResult.choices)
    phone = models.CharField(_("номер"), max_length=20, blank=True, default="")
    recording_url = models.CharField(
        _("запись"), max_length=500, blank=True, default="", validators=[URLValidator(schemes=["https"])]
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True, related_name="calls")
    lead = models.ForeignKey(Lead, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("сотрудник"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="calls",
    )  # fmt: skip
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True)
    source_version = models.BigIntegerField(default=0)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            unique_external("call"),
            models.CheckConstraint(condition=Q(duration_seconds__lte=LONGEST_SECONDS), name="call_duration"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="call_newest"),
            models.Index(fields=["owner", "-at"], name="call_by_owner"),
            models.Index(fields=["team", "-at"], name="call_by_team"),
            models.Index(fields=["party", "-at"], name="call_by_party"),
            models.Index(fields=["lead", "-at"], name="call_by_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_talk(self) -> bool:
        return self.result == CallResult.TALKED

    @property
    def likely_empty(self) -> bool:
        return self.is_talk and self.duration_seconds < LIKELY_EMPTY_SECONDS
