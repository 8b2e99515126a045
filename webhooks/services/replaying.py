"""Sending again, by hand: one delivery, or what happened in a span of time. The receiver gets the same ids."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import scope_of
from common.errors import FieldError, Invalid
from webhooks.access import demand_manager
from webhooks.choices import DeliveryState
from webhooks.models import Delivery, Endpoint, Event

MOST = 10_000
AFRESH = {
    "state": DeliveryState.WAITING, "attempts": 0, "next_at": Now(), "lease_token": None, "done_at": None,
    "last_status": None,
}  # fmt: skip


@transaction.atomic
def replay_one(*, delivery: Delivery, by: User) -> None:
    """Send this event to this endpoint again, whatever became of it before."""
    demand_manager(by, delivery.endpoint.account)
    Delivery.objects.filter(pk=delivery.pk).update(**AFRESH)


@transaction.atomic
def replay_dead(*, endpoint: Endpoint, by: User) -> int:
    """Send again all that was given up. Returns how many."""
    demand_manager(by, endpoint.account)
    return Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.DEAD).update(**AFRESH)


@transaction.atomic
def replay_span(*, endpoint: Endpoint, by: User, since: datetime, until: datetime) -> int:
    """Send all that happened from ``since`` until just before ``until``, also what this endpoint never got: it may be
    younger than the events. Scope and types are those of now. Returns how many. Raises Invalid for an empty span or
    more than ``MOST`` events.
    """
    demand_manager(by, endpoint.account)
    if until <= since:
        message = _("Конец должен быть позже начала.")
        raise Invalid(message, [FieldError("until", "range", message)])
    rows = Event.objects.filter(scope_of(endpoint.account).q()).told().filter(at__gte=since, at__lt=until)
    if endpoint.types:
        rows = rows.filter(type__in=endpoint.types)
    events = list(rows.order_by("position").values_list("serial", "position")[: MOST + 1])
    if len(events) > MOST:
        message = _("За это время больше %(most)s событий. Сузьте отрезок.") % {"most": MOST}
        raise Invalid(message, [FieldError("until", "too_many", message)])
    Delivery.objects.bulk_create(
        [Delivery(event_id=serial, endpoint=endpoint, position=position, next_at=Now()) for serial, position in events],
        update_conflicts=True, unique_fields=["endpoint", "event"], update_fields=list(AFRESH), batch_size=1000,
    )  # fmt: skip
    return len(events)
