"""Show-up (доходимость): of the meetings appointed for a day, how many were held.

A meeting belongs to whoever had the lead when it was to be: the owner, team and segment of the lead's last entry before
its hour. The rate is held ÷ (held + missed + called off): those whose hour has passed without a word, and those still
ahead, stand beside it and not in it. Counted on the spot; of very many meetings from a table that a job keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from dashboards.meeting_table import THEN
from funnel.audience import Audience
from funnel.figures.days import midnight
from funnel.statistics import Rate

HELD, MISSED, OFF, AHEAD, UNSAID = "held", "no_show", "cancelled", "ahead", "unsaid"
STATES = (HELD, MISSED, OFF, AHEAD, UNSAID)
BY = {"week": "week", "owner": "owner_id", "segment": "segment_id"}
MOST_ROWS = 5000
FIRST, LAST = date(2000, 1, 1), date(2101, 1, 1)
"""Where a period without an end of its own begins and ends."""


@dataclass(frozen=True, slots=True)
class MeetingQuery:
    """A period (``end`` is the first moment after it), an audience, and what narrows it."""

    start: datetime | None
    end: datetime | None
    at: datetime
    audience: Audience
    kind: str = ""
    owner_id: UUID | None = None
    segment_ids: Sequence[UUID] | None = None
    no_segment: bool = False
    state: str = ""
    kept: bool = False
    """Whether to read the kept table (``meeting_table.kept_as_of``)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Meetings of one line. ``key`` is a Monday, a person's or a segment's id; None where it was not known."""

    key: Any
    held: int = 0
    no_show: int = 0
    cancelled: int = 0
    ahead: int = 0
    unsaid: int = 0

    @property
    def all(self) -> int:
        return self.held + self.no_show + self.cancelled + self.ahead + self.unsaid

    @property
    def rate(self) -> Rate:
        return Rate(self.held, self.held + self.no_show + self.cancelled)

    def __add__(self, other: "Shown") -> "Shown":
        mine, theirs = ([getattr(one, name) for name in STATES] for one in (self, other))
        return Shown(self.key, *(a + b for a, b in zip(mine, theirs, strict=True)))


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting behind a number."""

    id: UUID
    lead_id: UUID
    planned_at: datetime
    state: str
    owner_id: UUID | None


_LIVE = f"FROM leads_meeting m {THEN}"
_KEPT = """FROM dashboards_meetingthen then_
  CROSS JOIN LATERAL (SELECT then_.meeting_id AS id, then_.lead_id, then_.planned_at, then_.status) m"""
_WHERE = """
 WHERE m.planned_at >= %(start)s AND m.planned_at < %(end)s
   AND (%(everything)s OR then_.team_id = ANY(%(teams)s::uuid[]) OR then_.owner_id = %(self)s)
   AND (%(kind)s = '' OR then_.kind = %(kind)s)
   AND (%(owner)s::uuid IS NULL OR then_.owner_id = %(owner)s::uuid)
   AND (%(segments)s::uuid[] IS NULL OR then_.segment_id = ANY(%(segments)s::uuid[]))
   AND (NOT %(no_segment)s OR then_.segment_id IS NULL)
"""
_STATE = """CASE WHEN m.status <> 'planned' THEN m.status WHEN m.planned_at >= %(at)s THEN 'ahead' ELSE 'unsaid' END"""
_WEEK = "date_trunc('week', m.planned_at AT TIME ZONE %(zone)s)::date"


def shown_by(query: MeetingQuery, by: str) -> list[Shown]:
    """Lines by ``week`` (in order, empty ones too), ``owner`` or ``segment`` (largest first). One query."""
    key = _WEEK if by == "week" else f"then_.{BY[by]}"
    counts = ", ".join(f"count(*) FILTER (WHERE {_STATE} = '{state}')" for state in STATES)
    found = [Shown(*row) for row in _ask(f"SELECT {key} AS key, {counts} FROM_ GROUP BY 1", query)]
    if by != "week":
        return sorted(found, key=lambda line: (-line.all, str(line.key)))
    return _weeks({line.key: line for line in found}, query)


def _weeks(found: dict[date, Shown], query: MeetingQuery) -> list[Shown]:
    days = sorted(found)
    if not days:
        return []
    weeks, at = [], days[0]
    while at <= days[-1]:
        weeks.append(found.get(at, Shown(at)))
        at += timedelta(weeks=1)
    return weeks


def total(lines: Sequence[Shown]) -> Shown:
    return sum(lines, Shown(None))


def meeting_rows(query: MeetingQuery) -> list[MeetingRow]:
    """The meetings behind a number, the latest first; ``state`` narrows to one of ``STATES``. One query."""
    state = f"AND {_STATE} = %(state)s" if query.state in STATES else ""
    columns = f"m.id, m.lead_id, m.planned_at, {_STATE}, then_.owner_id"
    rows = _ask(f"SELECT {columns} FROM_ {state} ORDER BY m.planned_at DESC, m.id LIMIT {MOST_ROWS}", query)
    return [MeetingRow(*row) for row in rows]


def _ask(sql: str, query: MeetingQuery) -> list[tuple[Any, ...]]:
    given: dict[str, Any] = {
        "start": query.start or midnight(FIRST),
        "end": query.end or midnight(LAST),
        "at": query.at,
        "everything": query.audience.everything,
        "teams": sorted(query.audience.team_ids),
        "self": query.audience.owner_id,
        "kind": query.kind,
        "owner": query.owner_id,
        "segments": None if query.segment_ids is None else list(query.segment_ids),
        "no_segment": query.no_segment,
        "state": query.state,
        "zone": timezone.get_default_timezone_name(),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("FROM_", f"{_KEPT if query.kept else _LIVE} {_WHERE}"), given)
        return cursor.fetchall()
