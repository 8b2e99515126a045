"""Giving committed events their place in line and their number of their object, and owing them to endpoints.

A deed takes a ``serial`` and may commit long after a later one did, so a reader of serials would skip it. Places are
given here instead, to what is committed, by whoever holds the row lock of ``Line``: one at a time, without gaps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from accounts.models import User
from accounts.scope import Scope, scope_of
from webhooks.choices import EndpointState
from webhooks.models import Delivery, Endpoint, Event, Line
from webhooks.querysets import PING

BATCH = 500
_NUMBER = """
WITH pending AS (
    SELECT serial, object_id FROM webhooks_event WHERE position IS NULL ORDER BY serial LIMIT %s
), placed AS (
    SELECT serial, object_id, row_number() OVER (ORDER BY serial) AS place,
           row_number() OVER (PARTITION BY object_id ORDER BY serial) AS nth,
           count(*) OVER (PARTITION BY object_id) AS together
      FROM pending
), tallied AS (
    INSERT INTO webhooks_tally (object_id, number) SELECT object_id, count(*) FROM pending GROUP BY object_id
    ON CONFLICT (object_id) DO UPDATE SET number = webhooks_tally.number + excluded.number
    RETURNING object_id, number
)
UPDATE webhooks_event event
   SET position = %s + placed.place, number = tallied.number - placed.together + placed.nth
  FROM placed JOIN tallied USING (object_id)
 WHERE event.serial = placed.serial
RETURNING event.serial, event.position, event.type, event.object_id, event.owner_id, event.team_id
"""


@dataclass(frozen=True, slots=True)
class Numbered:
    serial: int
    position: int
    type: str
    object_id: UUID
    owner_id: UUID | None
    team_id: UUID | None


@dataclass(frozen=True, slots=True)
class Ear:
    """An endpoint as far as it matters who hears what."""

    endpoint_id: UUID
    types: frozenset[str]
    scope: Scope

    def hears(self, event: Numbered) -> bool:
        if event.type == PING:
            return event.object_id == self.endpoint_id
        return (not self.types or event.type in self.types) and self.scope.holds(event.owner_id, event.team_id)


@transaction.atomic
def number_pending() -> int:
    """Number the oldest committed events and owe them to whoever listens. Returns how many; 0 as well where somebody
    else is at it."""
    pending = Event.objects.filter(position__isnull=True).exists()
    line = _hold_line() if pending else None
    if line is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, [BATCH, line.position])
        numbered = [Numbered(*row) for row in cursor.fetchall()]
    if numbered:
        Line.objects.filter(pk=line.pk).update(position=line.position + len(numbered))
        _owe(sorted(numbered, key=lambda event: event.position))
    return len(numbered)


def number_all() -> int:
    """Until nothing is left."""
    total = 0
    while done := number_pending():
        total += done
    return total


def _hold_line() -> Line | None:
    line = Line.objects.select_for_update(skip_locked=True).first()
    if line is None and not Line.objects.exists():
        Line.objects.bulk_create([Line()], ignore_conflicts=True)
        line = Line.objects.select_for_update(skip_locked=True).first()
    return line


def _owe(numbered: Sequence[Numbered]) -> None:
    ears = [ear_of(row) for row in Endpoint.objects.exclude(state=EndpointState.DISABLED).select_related("account")]
    Delivery.objects.bulk_create(
        [
            Delivery(event_id=event.serial, endpoint_id=ear.endpoint_id, position=event.position)
            for event in numbered
            for ear in ears
            if ear.hears(event)
        ],
        batch_size=1000,
    )


def ear_of(endpoint: Endpoint) -> Ear:
    account: User = endpoint.account
    return Ear(endpoint.pk, frozenset(endpoint.types), scope_of(account))
