"""What was tried at each stage and what came of it, counted from the log as of a moment.

An attempt is a stage that a lead passed (it was moved further right) or where it was lost or archived. What was taken
back is none: a closing after which the lead was reopened, a pass after which it was moved back to that stage or
before it. A lead counts once a stage: a pass before a loss, of several the first that was written. The order of
stages is today's; segment, UTP and the idle hours are those of the moment of the attempt.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

# The sort that picks one attempt a lead and stage is the costly part, so it is done once and kept for both counts.
_ATTEMPTS = """
CREATE TEMP TABLE funnel_attempt ON COMMIT DROP AS
WITH withdrawn AS MATERIALIZED (
    SELECT e.lead_id, e.event, e.at, e.id, s.position
      FROM funnel_stageentry e JOIN funnel_stage s ON s.id = e.stage_id
     WHERE e.event IN ('returned', 'reopened') AND e.at <= %(asof)s
), said AS (
    SELECT e.id, e.lead_id, k.id AS stage_id, k.position, e.event = 'entered' AS passed, e.at,
           e.idle_hours, e.segment_id, e.utp_id
      FROM funnel_stageentry e
      JOIN funnel_stage s ON s.id = e.stage_id
      JOIN funnel_stage k ON k.id = CASE WHEN e.event = 'entered' THEN e.from_stage_id ELSE e.stage_id END
     WHERE e.at <= %(asof)s
       AND (e.event IN ('lost', 'archived') OR (e.event = 'entered' AND k.position < s.position))
)
SELECT DISTINCT ON (lead_id, stage_id) stage_id, segment_id, utp_id, passed, idle_hours,
       power(0.5, date_part('epoch', %(asof)s - at) / 86400 / %(days)s) AS weight
  FROM said
 WHERE NOT EXISTS (
    SELECT 1 FROM withdrawn w
     WHERE w.lead_id = said.lead_id AND (w.at, w.id) > (said.at, said.id)
       AND CASE WHEN said.passed THEN w.event = 'returned' AND w.position <= said.position
                ELSE w.event = 'reopened' END)
 ORDER BY lead_id, stage_id, passed DESC, id
"""
# Rounded, because sums of floats depend on the order of rows: the same log must give the same evidence to the last bit.
_CELLS = """
SELECT stage_id, segment_id, utp_id, coalesce(width_bucket(idle_hours / h.hours, %(edges)s::float8[]), -1),
       round(sum(weight * coalesce(power(0.5, idle_hours / h.hours), 1))::numeric, 9)::float8,
       round(coalesce(sum(weight) FILTER (WHERE passed), 0)::numeric, 9)::float8,
       count(*), count(*) FILTER (WHERE passed),
       round(sum(weight)::numeric, 9)::float8, round(coalesce(sum(weight * idle_hours), 0)::numeric, 9)::float8
  FROM funnel_attempt JOIN unnest(%(stages)s::uuid[], %(hours)s::float8[]) AS h (stage_id, hours) USING (stage_id)
 GROUP BY 1, 2, 3, 4
"""
UNKNOWN = -1
"""The bucket of attempts whose idle hours nobody knows."""


class Cell(NamedTuple):
    """Attempts of one stage, segment and UTP within one bucket of idle time (in half-lives of the stage).

    ``n`` are trials weighted by age and freshness (1 where the idle hours are unknown), ``y`` passes weighted by age;
    ``trials`` and ``passed`` the same as people count them; ``weight`` trials weighted by age alone, ``idle`` the sum
    of weight times idle hours.
    """

    stage_id: UUID
    segment_id: UUID | None
    utp_id: UUID | None
    bucket: int
    n: float
    y: float
    trials: int
    passed: int
    weight: float
    idle: float


@dataclass(frozen=True)
class AttemptTable:
    """The attempts known at a moment, to be counted by half-lives of freshness."""

    asof: datetime

    def cells(self, half_lives: Mapping[UUID, float], edges: Sequence[float] = ()) -> list[Cell]:
        """``half_lives``: hours by stage id; stages not named there are left out. ``edges`` are the ends of the
        buckets; without them there is one, and the one of the unknown."""
        given: dict[str, Any] = {"stages": list(half_lives), "hours": list(half_lives.values()), "edges": list(edges)}
        with connection.cursor() as cursor:
            cursor.execute(_CELLS, given)
            return [Cell(*row) for row in cursor.fetchall()]


@contextmanager
def attempts(*, asof: datetime, evidence_days: float) -> Iterator[AttemptTable]:
    """The attempts known at ``asof``, in a transaction of their own; what happened later does not count.

    ``evidence_days`` is the half-life of an outcome: w = 0.5^(age in days / half-life). Two million attempts take
    about 300 MB of PostgreSQL's memory for the time of the sort.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS funnel_attempt")
            cursor.execute("SET LOCAL work_mem = '384MB'")
            cursor.execute("SET LOCAL jit = off")  # compiling the plans costs a second and saves less
            cursor.execute(_ATTEMPTS, {"asof": asof, "days": evidence_days})
        yield AttemptTable(asof)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE funnel_attempt")
            cursor.execute("SET LOCAL work_mem TO DEFAULT")
            cursor.execute("SET LOCAL jit TO DEFAULT")
