"""Counting everything afresh: what differs is mended, which readers do not notice; where nothing stands, all is
filled in.

The caller holds the one lock under which passages and cells change (``funnel.rollups``), in its transaction.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection

from funnel import cubes, sql

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
# are counted together. A table that was emptied a moment ago is believed to be small: row by row it would be read
# whole for each of the rows that it gets.
_ROOMY = (
    "SET LOCAL work_mem = '256MB'; SET LOCAL hash_mem_multiplier = 8; SET LOCAL jit = off;"
    " SET LOCAL enable_nestloop = off; SET LOCAL statement_timeout = 0"
)
MANY = 100_000
"""Entries of the log from which on an empty table is filled without its indexes."""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
 WHERE indrelid = 'funnel_storedpassage'::regclass AND NOT indisprimary ORDER BY 1
"""


def count_passages() -> None:
    """The stored passages as the log gives them."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOMY)
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM funnel_storedpassage)"
            " AND (SELECT count(*) FROM (SELECT FROM funnel_stageentry LIMIT %s) first) = %s",
            [MANY, MANY],
        )
        if cursor.fetchone()[0]:
            _fill()
        else:
            _mend()


def _fill() -> None:
    """Nothing stands: indexes are made at the end, out of millions of rows at once. Readers of the empty table wait."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(
            f"INSERT INTO funnel_storedpassage ({sql.COLUMNS})"
            f" SELECT {sql.COLUMNS} FROM ({sql.FATES}) f JOIN ({sql.BEGUN}) e USING (id)"
        )
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("ANALYZE funnel_storedpassage")


def _mend() -> None:
    with connection.cursor() as cursor:
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


def count_cells() -> None:
    """The cells as the stored passages give them."""
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


def _add_missing(table: str, columns: str, source: str, missing: str, *, of: str = "") -> None:
    """What stands in the table is right by now: as many rows as there should be are all of them (those ``of`` a table
    where the source joins more to it)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT count(*) FROM {table}) <> (SELECT count(*) FROM {of or source})")
        if cursor.fetchone()[0]:
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {source} WHERE {missing}")
            # Vacuum's own look comes a minute later at best: until then each catching up takes three times as long.
            cursor.execute(f"ANALYZE {table}")


def _same(names: Sequence[str], one: str, other: str) -> str:
    ours, theirs = (", ".join(f"{alias}.{name}" for name in names) for alias in (one, other))
    return f"(ROW({ours}) IS NOT DISTINCT FROM ROW({theirs}))"


def _temporary(name: str, query: str, params: Sequence[Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}", list(params) or None)
        cursor.execute(f"ANALYZE {name}")
