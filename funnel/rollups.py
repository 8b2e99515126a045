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

from funnel import cubes, sql
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
# hashed, of which the planner expects five times as many as there are: 200 MB for the largest cube.
_ROOMY = (
    "SET LOCAL work_mem = '256MB'; SET LOCAL hash_mem_multiplier = 8; SET LOCAL jit = off;"
    " SET LOCAL statement_timeout = 0"
)
_DAY = "(entered_at AT TIME ZONE %s)::date AS day"


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
            _store(ids)
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
        _temporary("funnel_fresh", f"SELECT {sql.COLUMNS} FROM ({sql.ALL}) x")
        same = f"SELECT FROM funnel_fresh f WHERE s.id = f.id AND {_same_row()}"
        cursor.execute(f"DELETE FROM funnel_storedpassage s WHERE NOT EXISTS ({same})")
        _add_missing(
            "funnel_storedpassage", sql.COLUMNS, "funnel_fresh s",
            "NOT EXISTS (SELECT FROM funnel_storedpassage f WHERE f.id = s.id)",
        )  # fmt: skip
        cursor.execute("DROP TABLE funnel_fresh")
    _count_cells()
    _note_run(at, 0, basis)
    return len(marks)


def _count_cells() -> None:
    """Count the cells afresh from the stored passages and mend what differs."""
    passages = f"(SELECT *, {_DAY} FROM funnel_storedpassage) p"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM funnel_teamnode")
        cursor.execute(_NODES)
        for cube in cubes.CUBES:
            _temporary("funnel_next", cubes.cells_of(cube, passages), [settings.TIME_ZONE])
            equal = " AND ".join(f"c.{name} = n.{name}" for name in (*cube.place, *cube.measures))
            cursor.execute(f"DELETE FROM {cube.table} c WHERE NOT EXISTS (SELECT FROM funnel_next n WHERE {equal})")
            missing = f"NOT EXISTS (SELECT FROM {cube.table} c WHERE {equal})"
            _add_missing(cube.table, cube.columns, "funnel_next n", missing)
            cursor.execute("DROP TABLE funnel_next")


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


def _add_missing(table: str, columns: str, source: str, missing: str) -> None:
    """What stands in the table is right by now: as many rows as there should be are all of them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT count(*) FROM {table}) <> (SELECT count(*) FROM {source})")
        if cursor.fetchone()[0]:
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {source} WHERE {missing}")


# One table a session: catalogues and locks are not for every few seconds.
_CHANGE = """
CREATE TEMP TABLE IF NOT EXISTS funnel_change (LIKE funnel_storedpassage, sign int, day date) ON COMMIT DELETE ROWS
"""
_OTHER = "EXISTS (SELECT FROM funnel_change o WHERE o.id = c.id AND o.sign = - c.sign)"
# In place where the row stays: what a deed changes stands in no index, so the page takes it and no index grows.
_EXCHANGE = (
    f"DELETE FROM funnel_storedpassage p USING funnel_change c WHERE c.sign = -1 AND p.id = c.id AND NOT {_OTHER}",
    f"UPDATE funnel_storedpassage p SET ({sql.COLUMNS}) = ROW({', '.join(f'c.{name}' for name in sql.NAMES)})"
    f" FROM funnel_change c WHERE c.sign = 1 AND p.id = c.id",
    f"INSERT INTO funnel_storedpassage ({sql.COLUMNS}) SELECT {sql.COLUMNS} FROM funnel_change c"
    f" WHERE c.sign = 1 AND NOT {_OTHER}",
)


def _store(ids: list[UUID]) -> None:
    """Count these leads afresh; what differs is exchanged, and the cells get the differences."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")  # a plan is compiled for longer than it runs
        cursor.execute(_CHANGE)
        cursor.execute("TRUNCATE funnel_change")
        # EXCEPT is a hash whatever the planner believes; a join of two sets that it knows nothing of may compare all
        # with all.
        cursor.execute(
            f"WITH fresh AS MATERIALIZED (SELECT {sql.COLUMNS} FROM ({sql.OF_GIVEN}) x), former AS MATERIALIZED"
            f" (SELECT {sql.COLUMNS} FROM funnel_storedpassage WHERE lead_id = ANY(%s)) "
            f"INSERT INTO funnel_change ({sql.COLUMNS}, sign, day) SELECT {sql.COLUMNS}, sign, {_DAY} FROM ("
            "SELECT *, -1 AS sign FROM (SELECT * FROM former EXCEPT SELECT * FROM fresh) gone UNION ALL"
            " SELECT *, 1 FROM (SELECT * FROM fresh EXCEPT SELECT * FROM former) come) x",
            [ids, ids, settings.TIME_ZONE],
        )
        cursor.execute("ANALYZE funnel_change (id, sign, team_id)")
        for statement in _EXCHANGE:
            cursor.execute(statement)
        for cube in cubes.CUBES:
            cursor.execute(cubes.merge(cube, cubes.cells_of(cube, "funnel_change", sign="sign")))


def _same_row() -> str:
    ours, theirs = (", ".join(f"{alias}.{name}" for name in sql.NAMES) for alias in "sf")
    return f"ROW({ours}) IS NOT DISTINCT FROM ROW({theirs})"


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
