"""What auditors ask: who saw this person, what did that employee or token do. Administrators and auditors only."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from psycopg import sql

from accounts.access import demand_settings
from accounts.models import User
from audit.models import Anchoring, Reach, Segment, View
from audit.rows import Table, tables

Mark = tuple[datetime, int]
MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """``subjects``: any of these ids (a person's own and those of his leads); empty is anybody."""

    since: datetime
    until: datetime
    subjects: tuple[UUID, ...] = ()
    user_id: UUID | None = None
    token_key: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """Changes that one request, job or command made: which records of which table, how often."""

    context_id: UUID
    at: datetime
    told: dict[str, Any]
    changes: tuple["Changed", ...]


@dataclass(frozen=True, slots=True)
class Changed:
    table: str
    label: str
    count: int
    object_id: str
    """Of one of them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The chain at a glance. ``anchored_at`` is when the head was last written down outside."""

    links: int
    chained_at: datetime | None
    anchored_at: datetime | None
    waiting: int


def views(by: User, asked: Asked) -> "QuerySet[View]":
    """Looks, newest first. Raises NotAllowed."""
    demand_settings(by)
    rows = View.objects.filter(at__gte=asked.since, at__lt=asked.until).order_by("-at", "-id")
    if asked.subjects:
        rows = rows.filter(subjects__overlap=list(asked.subjects))
    if asked.user_id is not None:
        rows = rows.filter(user_id=asked.user_id)
    if asked.token_key:
        rows = rows.filter(token_key=asked.token_key)
    return rows.filter(look=asked.look) if asked.look else rows


def portion(rows: "QuerySet[View]", after: Mark | None, size: int) -> list[View]:
    """The next ``size`` rows after a row, and one more where there are more."""
    if after is not None:
        rows = rows.filter(at__lte=after[0]).filter(Q(at__lt=after[0]) | Q(pk__lt=after[1]))
    return list(rows[: size + 1])


def people_seen(rows: "QuerySet[View]") -> list[tuple[UUID, int, datetime, datetime]]:
    """Everybody whom these looks showed: id, how often, first and last. For the notice of a leak: at most
    ``MOST_PEOPLE``."""
    query, params = rows.order_by().values("at", "subjects").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s, count(*), min(v.at), max(v.at) FROM ({query}) v, unnest(v.subjects) s"  # noqa: S608 - Django's own
            " GROUP BY s ORDER BY count(*) DESC, s LIMIT %s",
            [*params, MOST_PEOPLE],
        )
        return cursor.fetchall()


_CONTEXTS = """
SELECT id, created_at, metadata FROM pghistory_context
 WHERE metadata->>'user' = %(user)s AND created_at >= %(since)s AND created_at < %(until)s
   AND (%(after)s::timestamptz IS NULL OR created_at < %(after)s)
 ORDER BY created_at DESC LIMIT %(most)s
"""


def deeds(
    by: User, *, user_id: UUID, since: datetime, until: datetime, after: datetime | None, size: int
) -> list[Deed]:
    """What a person changed, newest first, ``size`` requests and one more where there are more. Two queries.
    Raises NotAllowed."""
    demand_settings(by)
    asked: dict[str, Any] = {"user": str(user_id), "since": since, "until": until, "after": after, "most": size + 1}
    with connection.cursor() as cursor:
        cursor.execute(_CONTEXTS, asked)
        contexts = cursor.fetchall()
        changes = _changes(cursor, [context[0] for context in contexts])
    return [Deed(pk, at, _told(metadata), tuple(changes.get(pk, ()))) for pk, at, metadata in contexts]


def _told(metadata: Any) -> dict[str, Any]:
    return metadata if isinstance(metadata, dict) else json.loads(metadata)


def _changes(cursor: Any, ids: Sequence[UUID]) -> dict[UUID, list[Changed]]:
    one = sql.SQL(
        "SELECT pgh_context_id, {name}, pgh_label, count(*), min(pgh_obj_id::text) FROM {table}"
        " WHERE pgh_context_id = ANY(%(ids)s) GROUP BY pgh_context_id, pgh_label"
    )
    parts = [one.format(name=sql.Literal(t.name), table=sql.Identifier(t.name)) for t in histories()]
    found: dict[UUID, list[Changed]] = {}
    if ids:
        cursor.execute(sql.SQL(" UNION ALL ").join(parts).as_string(None), {"ids": list(ids)})
        for context, *rest in cursor.fetchall():
            found.setdefault(context, []).append(Changed(*rest))
    return found


def histories() -> Iterable[Table]:
    """The tables of events."""
    return [table for table in tables().values() if "pgh_context_id" in table.columns]


def standing(by: User) -> Standing:
    demand_settings(by)
    head = Segment.objects.order_by("-n").only("n", "at").first()
    anchored = Anchoring.objects.filter(taken=True).order_by("-at").first()
    behind = [row.mark - row.done for row in Reach.objects.all()]
    return Standing(
        links=head.n if head else 0, chained_at=head.at if head else None,
        anchored_at=anchored.at if anchored else None, waiting=sum(behind),
    )  # fmt: skip
