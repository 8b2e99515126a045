"""Writing the outbox: one INSERT in the deed's transaction, however many objects the deed touched."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

from common.ids import uuid7
from webhooks.models import Event

_INSERT = """
INSERT INTO webhooks_event (uid, type, object_id, at, actor_id, owner_id, team_id, data)
SELECT given.uid, %s, given.object_id, coalesce(%s, statement_timestamp()), %s, subject.owner_id, subject.team_id, %s
  FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) WITH ORDINALITY AS given (uid, object_id, subject_id, place)
  JOIN {table} subject ON subject.id = given.subject_id
 ORDER BY given.place
"""


def record(
    kind: str,
    *,
    of: type[models.Model],
    ids: Sequence[UUID],
    at: datetime | None = None,
    by_id: UUID | None = None,
    objects: Sequence[UUID] = (),
    **data: Any,
) -> None:
    """Tell those outside that this happened, in the caller's transaction.

    Who may hear of it is decided by ``owner`` and ``team`` of the rows ``ids`` of the model ``of``, as they are now.
    ``objects`` are the things that the event is about, one for each row, where these are not the rows themselves
    (a meeting, heard of by those who see its lead). ``at``: the transaction's time where it is not given.
    ``data``: ids, codes, times; nothing about a person.
    """
    about = list(objects or ids)
    if len(about) != len(ids):
        raise ValueError("One object for each row")
    if not ids:
        return
    table = connection.ops.quote_name(of._meta.db_table)
    told = json.dumps(_plain(data), ensure_ascii=False)
    uids = [uuid7() for _ in about]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.replace("{table}", table), [kind, at, by_id, told, uids, about, list(ids)])


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """``from_`` is told as ``from``: Python would not have it as a name."""
    return {name.rstrip("_"): _told(value) for name, value in data.items()}


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    return str(value) if isinstance(value, UUID) else value


def rfc3339(at: datetime) -> str:
    """UTC with ``Z``, as the contract writes times."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def record_ping(kind: str, *, endpoint_id: UUID, at: datetime, by_id: UUID) -> None:
    """A test for one endpoint: nobody else's business, so without owner and team."""
    Event.objects.create(type=kind, object_id=endpoint_id, at=at, actor_id=by_id, data={})
