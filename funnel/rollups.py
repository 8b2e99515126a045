"""Keeping stored passages and cells up with the log. Safe to run twice, at once, and to kill at any point.

Cells are always what a count of the stored passages gives: both change in one transaction, under one advisory lock, so
that two runs never meet. A refresh counts the leads afresh whose log has grown, and adds the differences; a rebuild
counts everything afresh and mends what differs, which readers do not notice. Both give the same.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction

from funnel import differences, recounting
from funnel.dwell import EDGES
from funnel.models import RollupRun, StoredPassage

log = logging.getLogger(__name__)
BATCH = 10_000
SMALL = 20_000
"""Stored passages up to which a changed order of stages is counted within the request."""
_LOCK = 7_315_001
_TAKE = """
DELETE FROM funnel_dirtylead WHERE lead_id IN
  (SELECT lead_id FROM funnel_dirtylead ORDER BY since LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING lead_id
"""
# DO UPDATE and not DO NOTHING: the row lock keeps a running refresh from taking a mark that stands for our entry too.
_MARK = """
INSERT INTO funnel_dirtylead (lead_id, since) SELECT unnest(%s::uuid[]), now()
ON CONFLICT (lead_id) DO UPDATE SET since = excluded.since
"""
_BASIS = """
SELECT md5(concat_ws('|', %s::text,
    (SELECT string_agg(concat_ws(':', id, funnel_id, position, active), ',' ORDER BY id) FROM funnel_stage),
    (SELECT string_agg(concat_ws(':', id, parent_id), ',' ORDER BY id) FROM accounts_team)))
"""


def mark_dirty(lead_ids: Iterable[UUID]) -> None:
    """Remember, in the transaction that wrote to the log, whose passages must be counted again; once it commits, wake
    a worker.

    Ids are sorted, so that two transactions that share leads lock them in one order.
    """
    ids = sorted(set(lead_ids))
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [ids])
    if not any(hook is wake for _savepoints, hook, _robust in transaction.get_connection().run_on_commit):
        transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Ask a worker to look in a second. Many deeds make one hint; a lost one costs the time to the next tick."""
    from funnel.tasks import refresh_rollup

    if not cache.add("funnel:refresh", 1, timeout=1):
        return
    try:
        refresh_rollup.apply_async(countdown=1, expires=30)
    except Exception as error:
        log.warning("Could not wake a worker: %s", type(error).__name__)


def refresh(*, at: datetime, wait: bool = True) -> int:
    """Bring the rollup up to date, a batch a transaction. Returns how many leads were counted again.

    The dirty marks go in the transaction that stores the new rows. A deed that commits meanwhile waits for the
    row lock of its lead's mark and then writes it anew, so no growth of the log is missed. Where stages, teams or the
    zone are no longer those of the last count, everything is counted again. Without ``wait`` a run that another is
    ahead of does nothing.
    """
    total = 0
    while True:
        with transaction.atomic():
            if not _alone(wait):
                return total
            if stale():
                total += _count_all(at)
            ids = _taken(BATCH)
            if not ids:
                break
            differences.store(ids)
        total += len(ids)
    _note_run(at, total)
    return total


@transaction.atomic
def rebuild(*, at: datetime) -> int:
    """Count everything afresh from the log and mend what differs. Returns the stored passages.

    Readers go on reading. Marks that deeds in progress hold are left alone, not waited for: those leads are counted
    again by the next refresh. Waiting could meet a batch head on, which locks its leads' marks in another order.
    """
    _alone(wait=True)
    _count_all(at)
    return StoredPassage.objects.count()


def _count_all(at: datetime) -> int:
    """Returns how many marks it took. What it is based on is asked first: a change meanwhile is found by the next."""
    basis = _basis_of_today()
    marks = _taken(None)
    recounting.count_passages()
    recounting.count_cells()
    _note_run(at, 0, basis)
    return len(marks)


def order_changed(*, at: datetime) -> None:
    """After a change of stages or teams: where the bank is small all is counted again at once, else by a worker, and
    until then ``stale`` is true."""
    if len(StoredPassage.objects.values_list("pk")[: SMALL + 1]) <= SMALL:
        rebuild(at=at)
    else:
        transaction.on_commit(wake, robust=True)


def stale() -> bool:
    """Whether all is to be counted again: pages say so beside the figures."""
    run = RollupRun.objects.filter(pk=1).first()
    return run is None or run.basis != _basis_of_today()


def as_of() -> datetime | None:
    """When the stored part was last brought up to date; figures are those of that moment."""
    run = RollupRun.objects.filter(pk=1).first()
    return run.finished_at if run else None


def _alone(wait: bool) -> bool:
    """One run at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        if not wait:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            return bool(cursor.fetchone()[0])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        return True


def _taken(limit: int | None) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [limit])
        return [row[0] for row in cursor.fetchall()]


def _basis_of_today() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_BASIS, [f"{settings.TIME_ZONE} {EDGES}"])
        return str(cursor.fetchone()[0])


def _note_run(at: datetime, leads: int, basis: str | None = None) -> None:
    """One row is kept: the last run."""
    told = {"finished_at": at, "leads": leads} | ({} if basis is None else {"basis": basis})
    RollupRun.objects.update_or_create(pk=1, defaults=told)
