"""Who may tell us something, and what was told: every message is kept before anything is done about it."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from common.models import Record, audited
from inbox.choices import State
from inbox.querysets import ArrivalQuerySet


@audited(exclude=["secret", "old_secret"])
class InboundSource(Record):
    """A system outside. ``key`` is the last part of its address here, ``code`` the name that its records carry.

    Secrets are kept encrypted (``webhooks.keys``): a signature can only be checked by who knows them.
    """

    name = models.CharField(_("название"), max_length=120)
    code = models.SlugField(_("код системы"), max_length=40, unique=True)
    key = models.CharField(max_length=32, unique=True, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("учётная запись системы"), on_delete=models.PROTECT, related_name="+"
    )
    types = ArrayField(models.CharField(max_length=40), verbose_name=_("что принимать"), default=list, blank=True)
    active = models.BooleanField(_("принимает"), default=True)
    secret = models.TextField(editable=False)
    old_secret = models.TextField(editable=False, blank=True, default="")
    old_secret_until = models.DateTimeField(editable=False, null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def has_two_secrets(self, at: datetime) -> bool:
        return bool(self.old_secret and self.old_secret_until and at < self.old_secret_until)


class Arrival(models.Model):
    """One message as it came, to the byte. ``message_id`` is the sender's own: told twice, it is one message.

    ``object`` and ``sequence`` order what is told of one thing; without a sequence messages count in the order in
    which they come.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey(InboundSource, on_delete=models.PROTECT, related_name="arrivals")
    message_id = models.CharField(max_length=200)
    stamp = models.DateTimeField()
    at = models.DateTimeField()
    type = models.CharField(max_length=60, blank=True, default="")
    object = models.CharField(max_length=200, blank=True, default="")
    sequence = models.BigIntegerField(null=True)
    body = models.BinaryField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    error = models.CharField(max_length=500, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "message_id"], name="arrival_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="arrival_newest"),
            models.Index(fields=["source", "-at"], name="arrival_by_source"),
            models.Index(fields=["state", "-at"], name="arrival_by_state"),
            models.Index(
                fields=["source", "type", "object", "-sequence"],
                condition=models.Q(state="done", sequence__isnull=False),
                name="arrival_newest_of_object",
            ),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def may_be_tried_again(self) -> bool:
        return self.state == State.FAILED


class BodyView(models.Model):
    """Who looked at the body of a message, and when: it may hold personal data."""

    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="views")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.by_id} {self.at:%Y-%m-%d %H:%M}"
