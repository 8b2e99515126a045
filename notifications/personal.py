"""What this room holds of people: notices about a lead. The rest is about colleagues."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.personal import Holds
from notifications.models import Delivery, Notice, NotificationSettings, Reminder, TelegramLink

HOLDS = (
    Holds(
        Notice, _("Уведомления"), via={"lead": "leads.Lead"}, erase="facts", by_id="facts", by_value="facts", gone=True
    ),
    Holds(Delivery, _("Отправленные уведомления"), mentions="reason"),
)
PLAIN: Mapping[type[models.Model], str] = {
    Notice: "key",
    Delivery: "key wall_at zone",
    Reminder: "wall_at zone",
    NotificationSettings: "modes",
    TelegramLink: "chat_id",  # a colleague's
}
