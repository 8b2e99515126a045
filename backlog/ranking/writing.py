"""Scores into their table: what is as it was stays untouched, what is gone goes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from backlog.ranking.columns import PgArray, Rows, execute
from backlog.ranking.scoring import Ranked
from priority.chances import Ints
from priority.reason import PARTS

BATCH = 50_000
_STORE = f"""
INSERT INTO backlog_leadscore AS s (lead_id, owner_id, rank, score, proposed, parts, mark, as_of)
SELECT r.lead, r.owner, r.rank, r.score, r.proposed,
       (%(parts)s::float8[])[(r.place - 1) * {len(PARTS)} + 1 : r.place * {len(PARTS)}], r.mark, %(as_of)s
  FROM unnest(%(leads)s::uuid[], %(owners)s::uuid[], %(ranks)s::int[], %(scores)s::float8[], %(proposed)s::int[],
              %(marks)s::bigint[]) WITH ORDINALITY AS r (lead, owner, rank, score, proposed, mark, place)
    ON CONFLICT (lead_id) DO UPDATE SET owner_id = excluded.owner_id, rank = excluded.rank, score = excluded.score,
       proposed = excluded.proposed, parts = excluded.parts, mark = excluded.mark, as_of = excluded.as_of
"""  # noqa: S608 - the number of parts is a constant of the engine
_GONE = "DELETE FROM backlog_leadscore WHERE lead_id = ANY(%(leads)s::uuid[]) AND owner_id = ANY(%(owners)s::uuid[])"


def store(rows: Rows, marks: Ints, found: Ranked, as_of: datetime) -> int:
    """Write the rows whose mark, place or proposal is another; returns how many.

    In the order of ids, which is that of the table's pages.
    """
    differs = (marks != rows["mark"]) | (found.rank != rows["rank"]) | (found.proposed != rows["proposed"])
    changed = np.flatnonzero(differs)
    changed = changed[np.lexsort((rows["id"][changed, 1], rows["id"][changed, 0]))]
    for start in range(0, len(changed), BATCH):
        some = changed[start : start + BATCH]
        given = {
            "leads": PgArray("uuid", rows["id"][some]),
            "owners": PgArray("uuid", rows["owner"][some]),
            "ranks": PgArray("int", found.rank[some]),
            "scores": PgArray("float", found.score[some]),
            "proposed": PgArray("int", found.proposed[some]),
            "marks": PgArray("big", marks[some]),
            "parts": PgArray("float", found.parts[some].ravel()),
            "as_of": as_of,
        }
        execute(_STORE, given)
    return len(changed)


def forget(leads: NDArray[np.uint64], owners: Sequence[UUID]) -> int:
    """Delete the scores of these leads unless another owner's run has taken them over; returns how many."""
    return execute(_GONE, {"leads": PgArray("uuid", leads), "owners": list(owners)})
