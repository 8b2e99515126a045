"""Letting go of what was rung and sent long ago."""

from datetime import datetime

from django.db.models import QuerySet

from notifications.choices import DeliveryState, ReminderState
from notifications.models import Delivery, Reminder


def sweep(*, before: datetime, batch: int = 5000) -> int:
    """Delete reminders and messages that were over before a moment, in batches. Returns how many rows went.

    A reminder goes by the moment it is about, so that one for a moment still ahead is never planned anew.
    """
    over = Reminder.objects.exclude(state=ReminderState.WAITING).filter(moment__lt=before, due_at__lt=before)
    gone = Delivery.objects.exclude(state=DeliveryState.WAITING).filter(created_at__lt=before)
    return _delete(over, batch) + _delete(gone, batch)


def _delete(rows: QuerySet[Reminder] | QuerySet[Delivery], batch: int) -> int:
    total = 0
    while ids := list(rows.order_by().values_list("pk", flat=True)[:batch]):
        total += rows.model._default_manager.filter(pk__in=ids).delete()[0]
    return total
