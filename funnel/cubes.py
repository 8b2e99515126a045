"""Which counts of the stored passages are kept as cells, and the SQL that makes them.

A cube is named by what it is cut by besides the node, the stage and the time of entry. Larger ones are kept by week
and only for wide nodes: what lies outside whole weeks, and small teams, is counted from the passages themselves
(``figures.counting``), which is bounded work.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

UNKNOWN_ID = "00000000-0000-0000-0000-000000000000"
"""The key of what was not known: no segment, no owner; as a node, those of no team."""
TALLY = {
    "entered": "TRUE",
    "passed": "state = 'passed'",
    "open": "state = 'open'",
    "lost": "state = 'lost'",
    "done": "state = 'done'",
    "reversed_dates": "passed_at < entered_at",
}
COUNT = {"entered": "TRUE"}
DAY, WEEK = "day", "week"
WEEK_OF = "day - mod(day - DATE '0001-01-01', 7)"
"""The Monday of a day's week. The year one began on a Monday."""


def known(column: str) -> str:
    """A column of ids that is never null."""
    return f"coalesce({column}, '{UNKNOWN_ID}')"


@dataclass(frozen=True)
class Cube:
    """``keys`` map the table's own columns to expressions over a passage, never null. ``where`` says which passages
    count, ``measures`` what is counted of them. ``wide``: only nodes with others below them, and roots. ``added_up``:
    each cell counts the nodes below it too; else it stands at the lowest node alone, and readers add up: half the cells
    to keep where there are many."""

    table: str
    keys: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=lambda: TALLY)
    where: str = "TRUE"
    stage: str = "stage_id"
    grain: str = WEEK
    wide: bool = True
    added_up: bool = True

    @property
    def place(self) -> tuple[str, ...]:
        return ("node_id", "stage_id", "begin", *self.keys)

    @property
    def columns(self) -> str:
        return ", ".join((*self.place, *self.measures))

    @property
    def begin(self) -> str:
        """The first day of the grain in which the column ``day`` lies."""
        return "day" if self.grain == DAY else WEEK_OF

    @property
    def low(self) -> str:
        """The lowest node that a passage is counted for."""
        return "nearest" if self.wide else known("team_id")

    @property
    def groups(self) -> str:
        return ", ".join(map(str, range(1, 4 + len(self.keys))))


PLAIN = Cube("funnel_daycell", grain=DAY, wide=False)
OFFER = Cube(
    "funnel_offercell",
    {name: known(name) for name in ("segment_id", "utp_id", "initiative_id", "product_id")},
    added_up=False,
)
SOURCE = Cube("funnel_sourcecell", {"source_channel": "source_channel"})
OWNER = Cube("funnel_ownercell", {"owner_id": known("owner_id")}, added_up=False)
DWELL = Cube("funnel_dwellcell", {"dwell": "dwell"}, COUNT, "dwell IS NOT NULL")
LOSS = Cube("funnel_losscell", {"loss_reason": "loss_reason"}, COUNT, "state = 'lost'")
COHORT = Cube("funnel_cohortcell", {"outcome": "outcome"}, COUNT, "came", stage="furthest_id", grain=DAY)

CUBES = (PLAIN, OFFER, SOURCE, OWNER, DWELL, LOSS, COHORT)


DAY_OF = "(entered_at AT TIME ZONE %s)::date"
# The lowest wide node over each team: the higher a node, the fewer stand above it.
NEAREST = f"""
  LEFT JOIN (SELECT DISTINCT ON (t.team_id) t.team_id AS of_team, t.node_id AS nearest
          FROM funnel_teamnode t JOIN funnel_teamnode above ON above.team_id = t.node_id
         WHERE t.wide GROUP BY 1, 2 ORDER BY t.team_id, count(*) DESC) near
    ON near.of_team = {known("{}.team_id")}
"""
"""Gives each passage of the table named its ``nearest``: none where the team is newer than the nodes."""


def cells_of(cube: Cube, passages: str, *, sign: str = "") -> str:
    """Cells counted over rows of passages that have a ``day`` and a ``nearest`` wide node. ``sign`` is the column of
    what each counts for; then only rows that are ``told`` change a tally.

    Counted once for the lowest node of the cube, then added up for all nodes above it: millions of rows are read once.
    The small integers matter: PostgreSQL adds bigger ones as decimals.
    """
    keys = "".join(f", {expression} AS {name}" for name, expression in cube.keys.items())
    where = cube.where + (" AND nearest IS NOT NULL" if cube.wide else "")
    where += " AND told" if sign and cube.measures is TALLY else ""
    counted = (
        f"SELECT {cube.low} AS node_id, {cube.stage} AS stage_id, {cube.begin} AS begin{keys},"
        f" {_counts(cube.measures, sign)} FROM {passages} WHERE {where} GROUP BY {cube.groups}"
    )
    return _finished(cube, counted)


def _counts(measures: Mapping[str, str], sign: str = "") -> str:
    how = f"sum({sign})" if sign else "count(*)"
    return ", ".join(
        f"coalesce({how} FILTER (WHERE {condition}), 0)::int AS {name}" for name, condition in measures.items()
    )


TOGETHER = (PLAIN, SOURCE, OWNER, DWELL)
"""Those of the same stage and nearly the same rows: one reading of millions of passages counts them all."""


def counted_together(passages: str) -> str:
    """Counts for the cells of ``TOGETHER``, to be kept and taken apart by ``of_counted``; ``cube`` tells them apart."""
    keys = {name: expression for cube in TOGETHER for name, expression in cube.keys.items()}
    named = "".join(f", {expression} AS {name}" for name, expression in keys.items())
    rows = (
        f"SELECT {known('team_id')} AS team, nearest, stage_id, day, {WEEK_OF} AS week{named}, state, passed_at,"
        f" entered_at FROM {passages} OFFSET 0"
    )
    sets = ", ".join(f"({', '.join(_columns(cube))})" for cube in TOGETHER)
    told = " ".join(f"WHEN {_mask(cube, keys)} THEN {place}" for place, cube in enumerate(TOGETHER))
    return (
        f"SELECT team, nearest, stage_id, day, week, {', '.join(keys)}, {_counts(TALLY)},"
        f" CASE grouping({', '.join(('team', *keys))}) {told} END AS cube"
        f" FROM ({rows}) p GROUP BY GROUPING SETS ({sets})"
    )


def of_counted(cube: Cube, counted: str) -> str:
    """The cells of one cube of ``TOGETHER`` out of its rows in the table ``counted``."""
    low, stage, begin, *keys = _columns(cube)
    known_keys = "".join(f" AND {name} IS NOT NULL" for name in (low, *keys))
    names = "".join(f", {name}" for name in (*keys, *cube.measures))
    return _finished(
        cube,
        f"SELECT {low} AS node_id, {stage}, {begin} AS begin{names} FROM {counted}"
        f" WHERE cube = {TOGETHER.index(cube)}{known_keys}",
    )


def _columns(cube: Cube) -> tuple[str, ...]:
    return ("nearest" if cube.wide else "team", "stage_id", "day" if cube.grain == DAY else "week", *cube.keys)


def _mask(cube: Cube, keys: Mapping[str, str]) -> int:
    """What ``grouping`` gives for the set of a cube: a bit for each column that is not in it."""
    mask = 0
    for name in ("team", *keys):
        mask = mask * 2 + (name not in _columns(cube))
    return mask


def _finished(cube: Cube, counted: str) -> str:
    return _added_up(cube, counted, cube.groups) if cube.added_up else _not_nothing(cube, counted)


def _added_up(cube: Cube, counted: str, groups: str) -> str:
    sums = ", ".join(f"sum({name})::int AS {name}" for name in cube.measures)
    names = "".join(f", x.{name}" for name in cube.keys)
    changed = " OR ".join(f"sum({name}) <> 0" for name in cube.measures)
    return (
        f"SELECT n.node_id, x.stage_id, x.begin{names}, {sums} FROM ({counted}) x"
        f" JOIN funnel_teamnode n ON n.team_id = x.node_id{' AND n.wide' if cube.wide else ''}"
        f" GROUP BY {groups} HAVING {changed}"
    )


def _not_nothing(cube: Cube, counted: str) -> str:
    changed = " OR ".join(f"{name} <> 0" for name in cube.measures)
    return f"SELECT {cube.columns} FROM ({counted}) x WHERE {changed}"


def merge(cube: Cube, deltas: str) -> str:
    """Add signed cells to the table; a cell of nobody goes."""
    same = " AND ".join(f"c.{name} = d.{name}" for name in cube.place)
    added = ", ".join(f"{name} = c.{name} + d.{name}" for name in cube.measures)
    values = ", ".join(f"d.{name}" for name in (*cube.place, *cube.measures))
    return (
        f"MERGE INTO {cube.table} c USING ({deltas}) d ON {same}"
        f" WHEN MATCHED AND c.entered + d.entered = 0 THEN DELETE"
        f" WHEN MATCHED THEN UPDATE SET {added}"
        f" WHEN NOT MATCHED THEN INSERT ({cube.columns}) VALUES ({values})"
    )
