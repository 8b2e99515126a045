"""Counting passages: from cells where a cube holds the question, from the stored rows where it does not.

A question that cells hold is answered from the whole days or weeks of its period; what lies outside them at both ends
is counted from the rows in the same statement, so that both are of one moment. Whatever the path, the numbers are the
same, and they are those of ``behind.rows``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from funnel.audience import Audience
from funnel.cubes import COHORT, DAY, DWELL, LOSS, OFFER, OWNER, PLAIN, SOURCE, UNKNOWN_ID, Cube, known
from funnel.figures.days import begin_of, day_of, midnight, next_of
from funnel.figures.query import FunnelQuery, Source, Tally

TALLIES = (PLAIN, OWNER, SOURCE, OFFER)
DWELLS, LOSSES, COHORTS = (DWELL,), (LOSS,), (COHORT,)
_UNKNOWN = UUID(UNKNOWN_ID)
_TEXTS = {"source_channel", "loss_reason", "outcome"}
_ROOTS = "SELECT team_id FROM funnel_teamnode GROUP BY team_id HAVING count(*) = 1"
_NODE = "SELECT node_id FROM funnel_teamnode WHERE team_id = %s AND node_id = %s AND (wide OR NOT %s)"
_ALL_WIDE = "SELECT node_id FROM funnel_teamnode WHERE wide AND team_id = node_id"
_WIDE_BELOW = """
SELECT below.team_id FROM funnel_teamnode below
  JOIN funnel_teamnode self ON self.team_id = below.team_id AND self.node_id = below.team_id AND self.wide
 WHERE below.node_id = %s AND below.wide
"""

Key = tuple[Any, ...]
Rows = dict[str, dict[Key, Tally]]


@dataclass(frozen=True, slots=True)
class Window:
    """One of several counts of a statement: of these stages, over this period. ``name`` tells them apart."""

    name: str
    stage_ids: Sequence[UUID]
    start: datetime | None
    end: datetime | None


class Part:
    """A piece of SQL with its parameters."""

    def __init__(self) -> None:
        self.conditions: list[str] = []
        self.params: list[Any] = []

    def add(self, condition: str, *params: Any) -> None:
        self.conditions.append(condition)
        self.params += params

    @property
    def where(self) -> str:
        return " AND ".join(self.conditions) or "TRUE"


def count(query: FunnelQuery, windows: Iterable[Window], *, by: Sequence[str], cubes: Sequence[Cube]) -> Rows:
    """By window, the tallies of each value of the columns ``by``: ``stage_id``, ``day``, ``begin`` (the day, or the
    Monday of its week), a dimension, a key of the cubes. Unknown ids are None.

    ``cubes`` are of one kind, smallest first; the first says what is counted, any may answer. Two statements, or one
    without cells.
    """
    cube, nodes = _cube(query, by, cubes)
    asked, pieces, params = list(windows), list[str](), list[Any]()
    for place, window in enumerate(asked):
        whole, edges = _split(window, cube.grain if cube else None)
        if cube and whole:
            _put(pieces, params, place, _of_cells(query, cube, nodes, window, whole, by))
        for edge in edges:
            _put(pieces, params, place, _of_rows(query, cube or cubes[0], window, edge, by))
    found: Rows = {window.name: {} for window in asked}
    if pieces:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(pieces), params)
            for place, *row in cursor.fetchall():
                _sum(found[asked[place].name], row, len(by))
    return found


def holds(query: FunnelQuery, by: Sequence[str] = (), cubes: Sequence[Cube] = TALLIES) -> bool:
    """Whether cells answer this question."""
    return _cube(query, by, cubes)[0] is not None


def nodes_of(audience: Audience, cube: Cube) -> list[UUID]:
    """The nodes whose cells add up to the audience; none where its rows are to be counted."""
    node = audience.node_id
    if not audience.everything and node is None:
        return []
    with connection.cursor() as cursor:
        if audience.everything:
            cursor.execute(_ROOTS if cube.added_up else _ALL_WIDE)
        elif cube.added_up:
            cursor.execute(_NODE, [node, node, cube.wide])
        else:
            cursor.execute(_WIDE_BELOW, [node])
        return [row[0] for row in cursor.fetchall()]


def _cube(query: FunnelQuery, by: Sequence[str], cubes: Sequence[Cube]) -> tuple[Cube | None, list[UUID]]:
    """The first cube that knows every column of the question, with the nodes to read."""
    if query.source != Source.CELLS:
        return None, []
    needed = ({name.removesuffix("__isnull") for name in query.dimensions} | set(by)) - {"stage_id", "begin", "day"}
    for cube in cubes:
        if needed <= set(cube.keys) and (cube.grain == DAY or "day" not in by):
            nodes = nodes_of(query.audience, cube)
            return (cube, nodes) if nodes else (None, [])
    return None, []


Whole = tuple[date | None, date | None]
Edge = tuple[datetime | None, datetime | None]


def _split(window: Window, grain: str | None) -> tuple[Whole | None, list[Edge]]:
    """The whole days or weeks of the window, and what is left of it at both ends."""
    start, end = window.start, window.end
    if start is not None and end is not None and start >= end:
        return None, []
    if grain is None:
        return None, [(start, end)]
    first = None if start is None else _first_whole(start, grain)
    last = None if end is None else begin_of(day_of(end), grain)
    if first and last and first >= last:
        return None, [(start, end)]
    edges: list[Edge] = []
    if first and start is not None and start < midnight(first):
        edges.append((start, midnight(first)))
    if last and end is not None and midnight(last) < end:
        edges.append((midnight(last), end))
    return (first, last), edges


def _first_whole(start: datetime, grain: str) -> date:
    begin = begin_of(day_of(start), grain)
    return begin if midnight(begin) == start else next_of(begin, grain)


def _put(pieces: list[str], params: list[Any], place: int, piece: tuple[str, list[Any]]) -> None:
    pieces.append(f"(SELECT {place}::int, {piece[0]})")
    params += piece[1]


def _of_cells(
    query: FunnelQuery, cube: Cube, nodes: list[UUID], window: Window, whole: Whole, by: Sequence[str]
) -> tuple[str, list[Any]]:
    part = Part()
    part.add("node_id = ANY(%s::uuid[])", nodes)
    part.add("stage_id = ANY(%s::uuid[])", list(window.stage_ids))
    if whole[0]:
        part.add("begin >= %s", whole[0])
    if whole[1]:
        part.add("begin < %s", whole[1])
    for name, value in query.dimensions.items():
        _dimension(part, name, value, cells=True)
    columns = ["begin" if name == "day" else name for name in by]
    sums = [f"sum({name})" for name in cube.measures]
    return _select(columns, sums, cube.table, part), part.params


def _of_rows(query: FunnelQuery, cube: Cube, window: Window, edge: Edge, by: Sequence[str]) -> tuple[str, list[Any]]:
    part, audience = Part(), query.audience
    part.add("stage_id = ANY(%s::uuid[])", list(window.stage_ids))
    if edge[0] is not None:
        part.add("entered_at >= %s", edge[0])
    if edge[1] is not None:
        part.add("entered_at < %s", edge[1])
    if not audience.everything:
        part.add("(team_id = ANY(%s::uuid[]) OR owner_id = %s)", sorted(audience.team_ids), audience.owner_id)
    for name, value in query.dimensions.items():
        _dimension(part, name, value, cells=False)
    part.add(cube.where)
    columns = [_expression(cube, name) for name in by]
    zone = [settings.TIME_ZONE] * sum("%s" in column for column in columns)
    counts = [f"count(*) FILTER (WHERE {condition})" for condition in cube.measures.values()]
    table = "funnel_passage" if query.source == Source.LIVE else "funnel_storedpassage"
    return _select(columns, counts, table, part), [*zone, *part.params]


def _select(columns: list[str], counts: list[str], table: str, part: Part) -> str:
    text = f"{', '.join([*columns, *counts])} FROM {table} WHERE {part.where}"
    # By number, counted after the place: a grouped expression with a parameter would not be known for the same.
    return f"{text} GROUP BY {', '.join(str(n + 2) for n in range(len(columns)))}" if columns else text


def _expression(cube: Cube, name: str) -> str:
    if name in {"day", "begin"}:
        return "(entered_at AT TIME ZONE %s)::date"
    if name == "stage_id":
        return cube.stage
    if name in cube.keys:
        return cube.keys[name]
    return name if name in _TEXTS else known(name)


def _dimension(part: Part, name: str, value: Any, *, cells: bool) -> None:
    """Exact match; a list means any of them; ``__isnull`` what was not known then."""
    column = name.removesuffix("__isnull")
    if column != name:
        unknown = f"{column} = '{UNKNOWN_ID}'" if cells else f"{column} IS NULL"
        part.add(unknown if value else f"NOT ({unknown})")
    else:
        values = list(value) if isinstance(value, list | set | frozenset | tuple) else [value]
        kind = "text" if column in _TEXTS else "uuid"
        part.add(f"{column} = ANY(%s::{kind}[])", values if kind == "text" else [UUID(str(one)) for one in values])


def _sum(found: dict[Key, Tally], row: Sequence[Any], width: int) -> None:
    key = tuple(None if value == _UNKNOWN else value for value in row[:width])
    tally = Tally(*(int(value or 0) for value in row[width:]))
    if tally.entered:
        found[key] = found.get(key, Tally()) + tally


def tallies(
    query: FunnelQuery, stage_ids: Sequence[UUID], *, by: Sequence[str], cubes: Sequence[Cube] = TALLIES
) -> Mapping[Key, Tally]:
    """One count over the period of the question."""
    return count(query, [Window("", stage_ids, query.start, query.end)], by=by, cubes=cubes)[""]


def by_team(query: FunnelQuery, stage_id: UUID, nodes: Sequence[UUID]) -> tuple[dict[Key, Tally], dict[Key, Tally]]:
    """Tallies of these nodes (whole teams with all below them) over the whole days of the period; and, team by team,
    what lies outside those days, or everything where cells do not hold the question. The two are to be added."""
    window = Window("", [stage_id], query.start, query.end)
    whole, edges = _split(window, DAY if holds(query, (), [PLAIN]) else None)
    pieces, params = list[str](), list[Any]()
    none = [_UNKNOWN] if query.audience.everything else []
    if whole:
        _put(pieces, params, 0, _of_cells(query, PLAIN, [*nodes, *none], window, whole, ["node_id"]))
    for edge in edges:
        _put(pieces, params, 1, _of_rows(query, PLAIN, window, edge, ["team_id"]))
    found: tuple[dict[Key, Tally], dict[Key, Tally]] = ({}, {})
    if pieces:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(pieces), params)
            for place, *row in cursor.fetchall():
                _sum(found[place], row, 1)
    return found
