"""Leasing deliveries and writing down what came of them. The database's clock alone decides what is due."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from channels import quarantine
from webhooks import schedule
from webhooks.choices import DeliveryState
from webhooks.feed import body_of
from webhooks.health import note_health
from webhooks.models import Attempt, Event
from webhooks.sending import Parcel, Result

LEASE_SECONDS = 15.0
QUEUE = 32
"""Leased at a time for one endpoint; for one that is failing a single delivery."""

# A lease is `next_at` in the near future: a relay that dies lets go of it by doing nothing.
_LEASE = """
WITH due AS (
    SELECT found.id
      FROM webhooks_endpoint endpoint
      LEFT JOIN unnest(%s::uuid[], %s::int[]) AS busy (endpoint_id, queued) ON busy.endpoint_id = endpoint.id
     CROSS JOIN LATERAL (
           SELECT id FROM webhooks_delivery
            WHERE endpoint_id = endpoint.id AND state = 'waiting' AND next_at <= statement_timestamp()
            ORDER BY next_at, position
            LIMIT greatest(CASE WHEN endpoint.failures > 0 THEN 1 ELSE %s END - coalesce(busy.queued, 0), 0)
              FOR UPDATE SKIP LOCKED) found
     WHERE endpoint.state = 'active' AND (endpoint.quiet_until IS NULL OR endpoint.quiet_until <= statement_timestamp())
     LIMIT %s
)
UPDATE webhooks_delivery delivery
   SET next_at = statement_timestamp() + make_interval(secs => %s), lease_token = %s
  FROM due, webhooks_endpoint endpoint, webhooks_event event
 WHERE delivery.id = due.id AND endpoint.id = delivery.endpoint_id AND event.serial = delivery.event_id
RETURNING delivery.id, endpoint.id, delivery.attempts, delivery.position, endpoint.url, endpoint.secret,
          CASE WHEN endpoint.old_secret_until > statement_timestamp() THEN endpoint.old_secret ELSE '' END,
          event.uid, event.type, event.object_id, event.number, event.at, event.actor_id, event.data
"""
_RENEW = """
UPDATE webhooks_delivery SET next_at = statement_timestamp() + make_interval(secs => %s)
 WHERE state = 'waiting' AND (id, lease_token) IN (SELECT * FROM unnest(%s::uuid[], %s::uuid[]))
"""
_FINISH = """
UPDATE webhooks_delivery delivery
   SET state = given.state, attempts = delivery.attempts + 1, last_status = given.status, lease_token = NULL,
       next_at = statement_timestamp() + make_interval(secs => given.pause),
       done_at = CASE WHEN given.state = 'waiting' THEN NULL ELSE statement_timestamp() END
  FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::int[], %s::float8[]) AS given (id, token, state, status, pause)
 WHERE delivery.id = given.id AND delivery.lease_token = given.token AND delivery.state = 'waiting'
RETURNING delivery.id
"""


def lease(*, busy: Mapping[UUID, int], room: int) -> list[Parcel]:
    """Take what is due, oldest first, so much for each endpoint: one that hangs holds up nobody else. ``busy``: what
    is leased already for whom; ``room``: how much altogether. A restored copy takes nothing: it stays silent."""
    if quarantine.state().quarantined:
        return []
    token = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, [list(busy.keys()), list(busy.values()), QUEUE, room, LEASE_SECONDS, token])
        rows = cursor.fetchall()
    return [_parcel(row, token) for row in sorted(rows, key=lambda row: row[3])]


def _parcel(row: Sequence[Any], token: UUID) -> Parcel:
    delivery_id, endpoint_id, attempts, _position, url, secret, old_secret, *told = row
    uid, kind, object_id, number, at, actor_id, data = told
    data = json.loads(data) if isinstance(data, str) else data
    event = Event(uid=uid, type=kind, object_id=object_id, number=number, at=at, actor_id=actor_id, data=data)
    return Parcel(delivery_id, endpoint_id, token, attempts, uid, url, secret, old_secret, body_of(event))


def renew(parcels: Sequence[Parcel]) -> None:
    """Keep what is still under way: a lease may be short, a receiver slow."""
    if parcels:
        ids, tokens = [p.delivery_id for p in parcels], [p.lease_token for p in parcels]
        with connection.cursor() as cursor:
            cursor.execute(_RENEW, [LEASE_SECONDS, ids, tokens])


def release(parcels: Sequence[Parcel]) -> None:
    """Give back at once what was leased and not sent."""
    if parcels:
        ids, tokens = [p.delivery_id for p in parcels], [p.lease_token for p in parcels]
        with connection.cursor() as cursor:
            cursor.execute(_RENEW, [0.0, ids, tokens])


@transaction.atomic
def finish(results: Sequence[Result]) -> None:
    """Write down what came of the tries. One whose lease was lost meanwhile counts for nothing: somebody else tries,
    and the receiver knows the repetition by its id."""
    if not results:
        return
    fates = [_fate(result) for result in results]
    with connection.cursor() as cursor:
        cursor.execute(
            _FINISH,
            [
                [result.parcel.delivery_id for result in results],
                [result.parcel.lease_token for result in results],
                [state for state, _pause in fates],
                [result.status for result in results],
                [pause for _state, pause in fates],
            ],
        )
        ours = {row[0] for row in cursor.fetchall()}
    kept = [result for result in results if result.parcel.delivery_id in ours]
    Attempt.objects.bulk_create([_attempt(result) for result in kept])
    note_health(kept)


def _fate(result: Result) -> tuple[str, float]:
    if result.accepted:
        return DeliveryState.DELIVERED, 0.0
    pause = schedule.pause_after(result.parcel.attempts + 1)
    if pause is None:
        return DeliveryState.DEAD, 0.0
    return DeliveryState.WAITING, max(pause, result.pause or 0.0)


def _attempt(result: Result) -> Attempt:
    return Attempt(
        delivery_id=result.parcel.delivery_id, status=result.status, error=result.error, body=result.body,
        milliseconds=int(result.seconds * 1000),
    )  # fmt: skip
