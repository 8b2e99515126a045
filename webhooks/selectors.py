"""How the outbox stands, for those who watch."""

from django.db.models import F
from django.db.models.functions import Extract, Now

from webhooks.models import Event


def oldest_unnumbered_seconds() -> float:
    """How long the oldest event has waited for its place in line; 0 where none waits. One row of a partial index.

    It grows while the relay is away, whatever else is well: nobody outside hears of anything then.
    """
    waiting = Event.objects.filter(position__isnull=True).order_by("serial")
    age = waiting.annotate(age=Extract(Now() - F("recorded_at"), "epoch")).values_list("age", flat=True).first()
    return max(0.0, float(age)) if age is not None else 0.0
