"""Who is told: the address of a bank system, what it wants to hear, and how it fares."""

from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.models import Record, audited
from webhooks.choices import EndpointState, Stop
from webhooks.querysets import EndpointQuerySet


@audited(exclude=["secret", "old_secret", "failures", "failing_since", "quiet_until", "last_ok_at"])
class Endpoint(Record):
    """An address outside. It hears of what its service account may see; secrets are kept encrypted (``keys``).

    Health (``failures`` in a row, since when, until when it asked for quiet) is the relay's and no change of the
    record: it neither raises ``version`` nor stands in the audit trail.
    """

    url = models.CharField(_("адрес"), max_length=500)
    description = models.CharField(_("для чего"), max_length=200, blank=True, default="")
    types = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    """Empty: all."""
    account = models.ForeignKey(
        User, verbose_name=_("учётная запись системы"), on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        User, verbose_name=_("кому писать о сбоях"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=EndpointState.choices, default=EndpointState.ACTIVE)
    stopped_why = models.CharField(max_length=10, choices=Stop.choices, blank=True, default="")
    secret = models.TextField()
    old_secret = models.TextField(blank=True, default="")
    old_secret_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    quiet_until = models.DateTimeField(null=True, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[EndpointQuerySet] = EndpointQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering: ClassVar = ["created_at"]

    def __str__(self) -> str:
        return self.url

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def is_active(self) -> bool:
        return self.state == EndpointState.ACTIVE

    def has_two_secrets(self, at: datetime) -> bool:
        return bool(self.old_secret and self.old_secret_until and at < self.old_secret_until)
