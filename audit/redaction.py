"""Changing what may not be changed, by law alone: erasing a person's values from the history, and letting views go that
are older than the law asks for. Both leave a signed link, by which the chain still holds.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import pghistory.models
from django.apps import apps
from django.db import connection, models, transaction

from audit import keys
from audit.models import Segment, SegmentKind, View
from audit.rows import Table, tables, texts_of, use_canonical_zone
from audit.sequencer import SEGMENT, Head, alone

RETIRE_BATCH = 10_000


@lru_cache(maxsize=256)
def event_model(model: type[models.Model]) -> type[models.Model] | None:
    """Where the history of an audited model is kept; None for one that is not audited."""
    return next(
        (
            found
            for found in apps.get_models()
            if issubclass(found, pghistory.models.Event) and getattr(found, "pgh_tracked_model", None) is model
        ),
        None,
    )


@transaction.atomic
def redact(
    *,
    model: type[models.Model],
    object_ids: Sequence[UUID | int],
    values: Mapping[str, Any],
    reason: str,
    by_id: UUID | None,
    at: datetime,
) -> int:
    """Put ``values`` (column → what takes its place) over every kept version of these objects. Returns how many.

    Who changed what and when stays; only the values go. One signed link a thousand versions says so, with ``reason``
    (an act's number, no names). In the caller's transaction: rolled back with it, and the chain waits until it ends, so
    erase the rest first. Safe to repeat: what holds these values already gets no link. Raises LookupError for a model
    without history, and for a column that it lacks.
    """
    event = event_model(model)
    if event is None:
        raise LookupError(f"{model.__name__} keeps no history")
    table = tables()[event._meta.db_table]
    if unknown := set(values) - set(table.columns):
        raise LookupError(f"{table.name} has no {sorted(unknown)}")
    with connection.cursor() as cursor:
        alone(cursor, wait=True)
        use_canonical_zone(cursor)
        cursor.execute(
            "SELECT audit_redact(%s, %s, %s::jsonb)",
            [table.name, [str(pk) for pk in object_ids], json.dumps(dict(values), default=str)],
        )
        changed: list[int] = cursor.fetchone()[0] or []
        head, chained = Head.read(at), _chained_upto(table.name)
        sealed = sorted(pk for pk in changed if pk <= chained)
        note = {"reason": reason[:200], "by": str(by_id) if by_id else None, "columns": sorted(values)}
        for start in range(0, len(sealed), SEGMENT):
            _seal(cursor, head, table, sealed[start : start + SEGMENT], note)
        head.save()
    return len(changed)


def _seal(cursor: Any, head: Head, table: Table, pks: list[int], note: dict[str, Any]) -> None:
    found = texts_of(cursor, table, pks)
    digests = b"".join(keys.digest(keys.current(), table.name, found[pk]) for pk in pks)
    head.add(SegmentKind.REDACTED, table.name, table.columns, pks, digests, note)


def _chained_upto(table: str) -> int:
    last = Segment.objects.filter(table=table, kind=SegmentKind.ROWS).order_by("-n").only("pks").first()
    return last.pks[-1] if last and last.pks else 0


@transaction.atomic
def retire_views(*, before: datetime, at: datetime) -> int:
    """Let views go that are older than ``before`` and chained, at most ``RETIRE_BATCH``. Returns how many; call again
    until none. Safe to repeat."""
    with connection.cursor() as cursor:
        alone(cursor, wait=True)
        name = View._meta.db_table
        old = (
            View.objects.filter(at__lt=before, pk__lte=_chained_upto(name)).order_by("pk").values_list("pk", flat=True)
        )
        found = list(old[:RETIRE_BATCH])
        if not found:
            return 0
        cursor.execute("SELECT audit_retire(%s, %s)", [found[-1], before])
        gone = int(cursor.fetchone()[0])
        head = Head.read(at)
        head.add(SegmentKind.RETIRED, name, tables()[name].columns, [], b"", {"upto": found[-1]})
        head.save()
    return gone
