from datetime import time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import Record, audited
from leads.models import Lead
from notifications.choices import Quiet, usual_mode


@audited()
class NotificationSettings(Record):
    """What a person wants to hear outside the browser. ``modes`` hold only what differs from the defaults:
    way → kind → mode. The digest comes at ``digest_at`` by the clock of his own zone.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_settings"
    )
    modes = models.JSONField(default=dict)
    digest_at = models.TimeField(_("время сводки"), default=time(9))
    quiet = models.CharField(_("тихие часы"), max_length=8, choices=Quiet.choices, default=Quiet.CALENDAR)
    quiet_from = models.TimeField(_("тишина с"), null=True, blank=True)
    quiet_to = models.TimeField(_("тишина до"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(quiet=Quiet.OWN)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=F("quiet_to")),
                name="own_quiet_hours_are_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiet} {self.digest_at:%H:%M}"

    def mode(self, way: str, kind: str) -> str:
        chosen = self.modes.get(way, {}).get(kind)
        return str(chosen or usual_mode(self.user.role, way, kind))


class TelegramLink(models.Model):
    """A person's chat with the bot; empty after unlinking. ``round`` makes each invitation good for one use."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="telegram_link")
    chat_id = models.CharField(max_length=20, blank=True, default="")
    round = models.PositiveIntegerField(default=0)
    linked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chat_id"], condition=~Q(chat_id=""), name="telegram_chat_of_one_person"),
        ]

    def __str__(self) -> str:
        return self.chat_id


class Mute(models.Model):
    """A lead about which a person wants to hear more quietly: lines come read already, nothing leaves the house."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "lead"], name="mute_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.lead_id}"
