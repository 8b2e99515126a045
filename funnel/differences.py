"""Counting some leads afresh: what differs is exchanged among the stored passages, and the cells get the differences.

The caller holds the one lock under which passages and cells change (``funnel.rollups``).
"""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import connection

from funnel import cubes, sql

# One table a session: catalogues and locks are not for every few seconds. A row is a passage as it stood (-1) or as it
# stands (+1); ``place`` is where the stored one lies, ``kept`` says that both rows are there, ``told`` that a cube of
# tallies sees the difference. The planner needs to know how many rows there are, and little more.
_CHANGE = """
CREATE TEMP TABLE IF NOT EXISTS funnel_change
  (LIKE funnel_storedpassage, sign int, place tid, kept bool, told bool, day date, nearest uuid) ON COMMIT DELETE ROWS;
ALTER TABLE funnel_change ALTER sign SET STATISTICS 10, ALTER nearest SET STATISTICS 10;
TRUNCATE funnel_change
"""


def _listed(names: Sequence[str], prefix: str) -> str:
    return ", ".join(f"{prefix}{name}" for name in names)


# A full join is never made by comparing all with all, whatever the planner believes of two sets that it knows nothing
# of. What stands in the entry that began a passage is read for new passages alone.
_DIFFERENCES = f"""
WITH fresh AS MATERIALIZED ({sql.FATES_OF_GIVEN}),
former AS MATERIALIZED (SELECT ctid AS place, {sql.COLUMNS} FROM funnel_storedpassage WHERE lead_id = ANY(%s)),
differ AS MATERIALIZED (
    SELECT f.id AS fresh_id, s.id AS former_id, f.id IS NOT NULL AND s.id IS NOT NULL AS kept, s.place,
           f.state IS DISTINCT FROM s.state
             OR (f.passed_at < s.entered_at) IS DISTINCT FROM (s.passed_at < s.entered_at) AS told,
           {", ".join(f"f.{name} AS new_{name}, s.{name} AS old_{name}" for name in sql.FATE)}, {_listed(sql.OWN, "s.")}
      FROM fresh f FULL JOIN former s ON s.id = f.id
     WHERE s.id IS NULL OR f.id IS NULL
        OR ROW({_listed(sql.FATE, "f.")}) IS DISTINCT FROM ROW({_listed(sql.FATE, "s.")})
), signed AS (
    SELECT former_id AS id, -1 AS sign, place, kept, told, {_listed(sql.OWN, "")}, {_listed(sql.FATE, "old_")}
      FROM differ WHERE former_id IS NOT NULL
    UNION ALL SELECT fresh_id, 1, place, kept, told, {_listed(sql.OWN, "")}, {_listed(sql.FATE, "new_")}
      FROM differ WHERE kept
    UNION ALL SELECT fresh_id, 1, NULL, false, true, {_listed(sql.OWN, "e.")}, {_listed(sql.FATE, "new_")}
      FROM differ CROSS JOIN LATERAL ({sql.BEGUN} WHERE id = fresh_id OFFSET 0) e
     WHERE former_id IS NULL
)
INSERT INTO funnel_change (id, sign, place, kept, told, {_listed(sql.OWN, "")}, {_listed(sql.FATE, "")}, day, nearest)
SELECT signed.*, {cubes.DAY_OF}, nearest FROM signed {cubes.NEAREST.format("signed")}
"""
# In place where the row stays: what a deed changes stands in no index, so the page takes it and no index grows. Nobody
# else moves stored rows meanwhile, so each is found where it lay.
_EXCHANGE = (
    "DELETE FROM funnel_storedpassage p USING funnel_change c WHERE p.ctid = c.place AND c.sign = -1 AND NOT c.kept",
    f"UPDATE funnel_storedpassage p SET ({_listed(sql.FATE, '')}) = ROW({_listed(sql.FATE, 'c.')})"
    " FROM funnel_change c WHERE p.ctid = c.place AND c.sign = 1 AND c.kept",
    f"INSERT INTO funnel_storedpassage ({sql.COLUMNS}) SELECT {sql.COLUMNS} FROM funnel_change"
    " WHERE sign = 1 AND NOT kept",
)


def store(lead_ids: Sequence[UUID]) -> None:
    """Count these leads afresh, in the caller's transaction."""
    ids = list(lead_ids)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")  # a plan is compiled for longer than it runs
        cursor.execute(_CHANGE)
        cursor.execute(_DIFFERENCES, [ids, ids, settings.TIME_ZONE])
        cursor.execute("ANALYZE funnel_change (sign, nearest)")
        for statement in _EXCHANGE:
            cursor.execute(statement)
        for cube in cubes.CUBES:
            cursor.execute(cubes.merge(cube, cubes.cells_of(cube, "funnel_change", sign="sign")))
