"""Keeping stored passages and cells up with the log. Safe to run twice, at once, and to kill at any point.

Cells are always what a count of the stored passages gives: both change in one transaction, under one advisory lock, so
that two runs never meet. A refresh counts the leads afresh whose log has grown, and adds the differences; a rebuild
counts everything afresh and mends what differs, which readers do not notice. Both give the same.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction

from funnel import cubes, differences, sql
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
_NODES = f"""
WITH RECURSIVE up AS (
    SELECT id AS team_id, id AS node_id, parent_id FROM accounts_team
    UNION ALL SELECT up.team_id, above.id, above.parent_id FROM up JOIN accounts_team above ON above.id = up.parent_id
)
INSERT INTO funnel_teamnode (team_id, node_id, wide)
SELECT team_id, node_id, parent_id IS NULL OR EXISTS (SELECT FROM accounts_team t WHERE t.parent_id = node_id) FROM up
UNION ALL SELECT '{cubes.UNKNOWN_ID}', '{cubes.UNKNOWN_ID}', true
"""
# Until the transaction ends: five million rows are sorted in memory, and that takes longer than any page may. Cells are
# hashed, of which the planner expects five times as many as there are: 200 MB for the largest cube, 300 for those that
# are counted together.
_ROOMY = (
    "SET LOCAL work_mem = '256MB'; SET LOCAL hash_mem_multiplier = 8; SET LOCAL jit = off;"
    " SET LOCAL statement_timeout = 0"
)


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
    with connection.cursor() as cursor:
        cursor.execute(_ROOMY)
        marks = _taken(None)
        _temporary("funnel_fresh", sql.FATES)
        same = f"SELECT FROM funnel_fresh f WHERE s.id = f.id AND {_same(sql.FATE, 's', 'f')}"
        cursor.execute(f"DELETE FROM funnel_storedpassage s WHERE NOT EXISTS ({same})")
        # Both tables lie nearly in the order of their ids: read side by side, they need no hash of millions.
        cursor.execute("SET LOCAL enable_hashjoin = off")
        other = f"s.id = e.id AND NOT {_same(sql.OWN, 's', 'e')}"
        cursor.execute(f"DELETE FROM funnel_storedpassage s USING ({sql.BEGUN}) e WHERE {other}")
        cursor.execute("SET LOCAL enable_hashjoin = on")
        _add_missing(
            "funnel_storedpassage", sql.COLUMNS, f"funnel_fresh f JOIN ({sql.BEGUN}) e USING (id)",
            "NOT EXISTS (SELECT FROM funnel_storedpassage s WHERE s.id = f.id)", of="funnel_fresh",
        )  # fmt: skip
        cursor.execute("DROP TABLE funnel_fresh")
    _count_cells()
    _note_run(at, 0, basis)
    return len(marks)


def _count_cells() -> None:
    """Count the cells afresh from the stored passages and mend what differs."""
    passages = f"(SELECT p.*, {cubes.DAY_OF} AS day, nearest FROM funnel_storedpassage p {cubes.NEAREST.format('p')}) p"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM funnel_teamnode")
        cursor.execute(_NODES)
        _temporary("funnel_counted", cubes.counted_together(passages), [settings.TIME_ZONE])
        for cube in cubes.CUBES:
            if cube in cubes.TOGETHER:
                _temporary("funnel_next", cubes.of_counted(cube, "funnel_counted"))
            else:
                _temporary("funnel_next", cubes.cells_of(cube, passages), [settings.TIME_ZONE])
            equal = " AND ".join(f"c.{name} = n.{name}" for name in (*cube.place, *cube.measures))
            cursor.execute(f"DELETE FROM {cube.table} c WHERE NOT EXISTS (SELECT FROM funnel_next n WHERE {equal})")
            missing = f"NOT EXISTS (SELECT FROM {cube.table} c WHERE {equal})"
            _add_missing(cube.table, cube.columns, "funnel_next n", missing)
            cursor.execute("DROP TABLE funnel_next")
        cursor.execute("DROP TABLE funnel_counted")


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


def _add_missing(table: str, columns: str, source: str, missing: str, *, of: str = "") -> None:
    """What stands in the table is right by now: as many rows as there should be are all of them (those ``of`` a table
    where the source joins more to it)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT count(*) FROM {table}) <> (SELECT count(*) FROM {of or source})")
        if cursor.fetchone()[0]:
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {source} WHERE {missing}")


def _same(names: Sequence[str], one: str, other: str) -> str:
    ours, theirs = (", ".join(f"{alias}.{name}" for name in names) for alias in (one, other))
    return f"(ROW({ours}) IS NOT DISTINCT FROM ROW({theirs}))"


def _temporary(name: str, query: str, params: Sequence[Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}", list(params) or None)
        cursor.execute(f"ANALYZE {name}")


def _basis_of_today() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_BASIS, [f"{settings.TIME_ZONE} {EDGES}"])
        return str(cursor.fetchone()[0])


def _note_run(at: datetime, leads: int, basis: str | None = None) -> None:
    """One row is kept: the last run."""
    told = {"finished_at": at, "leads": leads} | ({} if basis is None else {"basis": basis})
    RollupRun.objects.update_or_create(pk=1, defaults=told)
