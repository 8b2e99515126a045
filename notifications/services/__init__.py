"""Deeds of this room. Each is one transaction, keyword-only, harmless to repeat; the clock comes in as ``at``."""

from notifications.services.notices import mark_read, notify
from notifications.services.telegram import link_telegram, take_start, unlink_telegram

__all__ = ["link_telegram", "mark_read", "notify", "take_start", "unlink_telegram"]
