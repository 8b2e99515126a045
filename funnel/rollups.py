"""Keeping the stored passages up with the log. Safe to run twice, at once, and to kill at any point."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from funnel import sql
from funnel.models import RollupRun, StoredPassage

BATCH = 5000
_TAKE = """
DELETE FROM funnel_dirtylead WHERE lead_id IN
  (SELECT lead_id FROM funnel_dirtylead ORDER BY since LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING lead_id
"""
# DO UPDATE and not DO NOTHING: the row lock keeps a running refresh from taking a mark that stands for our entry too.
_MARK = """
INSERT INTO funnel_dirtylead (lead_id, since) SELECT unnest(%s::uuid[]), now()
ON CONFLICT (lead_id) DO UPDATE SET since = excluded.since
"""


def mark_dirty(lead_ids: Iterable[UUID]) -> None:
    """Remember, in the transaction that wrote to the log, whose passages must be counted again.

    Ids are sorted, so that two transactions that share leads lock them in one order.
    """
    ids = sorted(set(lead_ids))
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [ids])


def refresh(*, at: datetime) -> int:
    """Bring the rollup up to date, a batch a transaction. Returns how many leads were counted again.

    The dirty marks go in the transaction that stores the new rows. A deed that commits meanwhile waits for the
    row lock of its lead's mark and then writes it anew, so no growth of the log is missed.
    """
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_TAKE, [BATCH])
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                break
            _store(ids)
        total += len(ids)
    _note_run(at, total)
    return total


def _store(ids: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM funnel_storedpassage WHERE lead_id = ANY(%s)", [ids])
        cursor.execute(f"INSERT INTO funnel_storedpassage ({sql.COLUMNS}) {sql.OF_GIVEN}", [ids])


@transaction.atomic
def rebuild(*, at: datetime) -> int:
    """Count everything afresh from the log, for example after stages were reordered. Returns the rows stored.

    Marks that deeds in progress hold are left alone, not waited for: those leads are counted again by the next
    refresh. Waiting could meet a batch head on, which locks its leads' marks in another order.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [None])
        cursor.execute("TRUNCATE funnel_storedpassage")
        cursor.execute(f"INSERT INTO funnel_storedpassage ({sql.COLUMNS}) {sql.ALL}")
        _note_run(at, 0)
    return StoredPassage.objects.count()


def _note_run(at: datetime, leads: int) -> None:
    """One row is kept: the last run."""
    RollupRun.objects.update_or_create(pk=1, defaults={"finished_at": at, "leads": leads})


def as_of() -> datetime | None:
    """When the stored part was last brought up to date; the view counts everything later live."""
    run = RollupRun.objects.filter(pk=1).first()
    return run.finished_at if run else None
