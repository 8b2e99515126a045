"""Old events go, with their deliveries; whoever reads on from before them is told (``feed.CursorExpired``)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from webhooks.models import Event, Line

BATCH = 5000


def sweep(*, before: datetime) -> int:
    """Delete what was recorded before a moment, oldest first, in batches. Returns how many events."""
    total = 0
    while gone := _sweep_batch(before):
        total += gone
    return total


@transaction.atomic
def _sweep_batch(before: datetime) -> int:
    oldest = Event.objects.filter(position__isnull=False).order_by("position")[:BATCH]
    serials = [event.serial for event in oldest.only("serial", "recorded_at") if event.recorded_at < before]
    rows = Event.objects.filter(serial__in=serials)
    last = rows.aggregate(last=Max("position"))["last"]
    if last is not None:
        Line.objects.filter(swept__lt=last).update(swept=last)
        rows.delete()
    return len(serials)
