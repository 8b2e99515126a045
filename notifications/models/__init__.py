"""The bell's lines, the reminders that wait, and what leaves the house."""

from notifications.choices import NoticeKind
from notifications.models.delivery import Delivery, DeliveryLine
from notifications.models.notice import Notice
from notifications.models.reminder import Reminder
from notifications.models.settings import Mute, NotificationSettings, TelegramLink

__all__ = [
    "Delivery", "DeliveryLine", "Mute", "Notice", "NoticeKind", "NotificationSettings", "Reminder", "TelegramLink",
]  # fmt: skip
