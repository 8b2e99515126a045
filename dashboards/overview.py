"""The figures of the overview: each as it is now and as it was a week ago. The weekly letter says the same."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from accounts.models import User
from dashboards import facts
from dashboards.choices import PeriodKind
from dashboards.days import DAY, begin, day_of, end, midnight
from dashboards.foreseeing import Band, Foreseen, foreseen, week_before
from dashboards.loading import total_now, total_on
from dashboards.meeting_table import kept_as_of
from dashboards.pacing import Pace, calendar_for, pace_of
from dashboards.planning import Plan, PlanQuery, plan_for
from dashboards.showing_up import MeetingQuery, shown_by, total
from dashboards.wins import win_of
from funnel.audience import Audience
from funnel.figures.cohorts import cohorts
from funnel.figures.query import FunnelQuery
from funnel.figures.table import funnel_table
from funnel.models import Funnel, Stage
from funnel.statistics import Rate
from worktime.calendar import WorkingCalendar

WEEK = timedelta(days=7)
TWELVE_WEEKS = timedelta(weeks=12, days=-1)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the month is to end with: what came before the run and the band of what is to come. ``until`` is its last
    day."""

    until: date
    came: int
    low: float
    middle: float
    high: float
    enough: bool


@dataclass(frozen=True, slots=True)
class Late:
    """Late leads and actions of all open ones."""

    late: int
    open: int

    @property
    def rate(self) -> Rate:
        return Rate(self.late, self.open)


@dataclass(frozen=True, slots=True)
class Tiles:
    """``conversion``: leads that came in the period and got as far as a contract; ``touch``: median hours from the
    first stage on to the next one."""

    conversion: Rate
    touch: float | None
    shown: Rate


@dataclass(frozen=True, slots=True)
class Overview:
    win: Stage
    plan: Plan | None
    pace: Pace
    pace_before: Pace | None
    """A week earlier; None where that lies before the plan's first day."""
    expected: Expected | None
    expected_before: Expected | None
    foreseen: Foreseen | None
    tiles: Tiles
    tiles_before: Tiles
    late: Late
    late_before: Late | None


@dataclass(frozen=True, slots=True)
class OverviewQuery:
    """Who asks, of which funnel and audience, at which moment. ``query`` carries the period and the dimensions."""

    reader: User
    funnel: Funnel
    query: FunnelQuery
    at: datetime
    owner_id: UUID | None = None

    @property
    def audience(self) -> Audience:
        return self.query.audience

    @property
    def team_ids(self) -> frozenset[UUID] | None:
        """To whose people a count of desks is narrowed; None for all that the reader sees."""
        return None if self.audience.everything else self.audience.team_ids or None


def overview(asked: OverviewQuery) -> Overview | None:
    """None for a funnel without stages."""
    win = win_of(asked.funnel.pk)
    if win is None:
        return None
    month = begin(PeriodKind.MONTH, day_of(asked.at))
    plan = plan_for(PlanQuery(asked.audience, asked.funnel, win, PeriodKind.MONTH, month, asked.owner_id))
    said = foreseen(reader=asked.reader, audience=asked.audience, funnel_id=asked.funnel.pk)
    then = week_before(said, reader=asked.reader, audience=asked.audience, funnel_id=asked.funnel.pk) if said else None
    kept = kept_as_of() is not None
    now, before = (_tiles(asked, win, move, kept=kept) for move in (timedelta(), WEEK))
    calendar = calendar_for(asked.reader)
    pace, then_pace = (_pace(asked, win, plan, at, calendar) for at in (asked.at, asked.at - WEEK))
    last_week = total_on(asked.reader, day_of(asked.at) - WEEK, asked.team_ids)
    desk = total_now(asked.reader, asked.at, asked.team_ids)
    return Overview(
        win=win,
        plan=plan,
        pace=pace,
        pace_before=then_pace if _had_begun(plan, month, asked.at - WEEK) else None,
        expected=_expected(asked, win, said, month),
        expected_before=_expected(asked, win, then, month),
        foreseen=said,
        tiles=now,
        tiles_before=before,
        late=Late(desk.late, desk.open),
        late_before=Late(last_week.late, last_week.open) if last_week else None,
    )


def usual_query(funnel: Funnel, audience: Audience, at: datetime) -> FunnelQuery:
    """The period that pages mean unless another is chosen: twelve weeks until now."""
    return FunnelQuery(
        kind=funnel.kind, start=midnight(day_of(at) - TWELVE_WEEKS), audience=audience, funnel_id=funnel.pk
    )


def _had_begun(plan: Plan | None, month: date, at: datetime) -> bool:
    return midnight(plan.first if plan else month) <= at


def _pace(asked: OverviewQuery, win: Stage, plan: Plan | None, at: datetime, calendar: WorkingCalendar) -> Pace:
    first = plan.first if plan else begin(PeriodKind.MONTH, day_of(asked.at))
    last = plan.last if plan else end(PeriodKind.MONTH, first)
    fact = facts.count(_whole(asked.query), win, first, last, before=at)
    return pace_of(
        first=first, last=last, fact=Decimal(fact), plan=plan.count if plan else None, at=at, calendar=calendar
    )


def _whole(query: FunnelQuery) -> FunnelQuery:
    """The audience's, without a period and without dimensions: plans and forecasts know none."""
    return replace(query, start=None, end=None, dimensions={})


def _expected(asked: OverviewQuery, win: Stage, said: Foreseen | None, month: date) -> Expected | None:
    """A run of the month before tells of this month too."""
    last = end(PeriodKind.MONTH, month)
    ahead = said.until(PeriodKind.MONTH, last) if said else None
    if said is None or ahead is None:
        return None
    return expected_of(_whole(asked.query), win, said, ahead, month, last)


def expected_of(query: FunnelQuery, win: Stage, said: Foreseen, ahead: Band, first: date, last: date) -> Expected:
    """What came from the first day until the run, and what the run saw ahead until the last."""
    known = facts.count(query, win, first, last, before=said.as_of)
    return Expected(last, known, known + ahead.low, known + ahead.wins, known + ahead.high, said.enough)


def _tiles(asked: OverviewQuery, win: Stage, back: timedelta, *, kept: bool) -> Tiles:
    """Over the period of the question, moved back by whole days, so that it is read from what is counted by day."""
    query, at = asked.query, asked.at - back
    last = query.end or (midnight(day_of(asked.at) + DAY) if back else None)
    moved = replace(query, start=query.start and query.start - back, end=last and last - back)
    rows = cohorts(moved)
    touch = next((row.median_hours for row in funnel_table(moved) if row.stage.active), None)
    meetings = MeetingQuery(
        start=moved.start, end=moved.end, at=at, audience=asked.audience, kind=asked.funnel.kind,
        owner_id=asked.owner_id, kept=kept,
    )  # fmt: skip
    return Tiles(
        conversion=Rate(sum(row.reached.get(win.pk, 0) for row in rows), sum(row.came for row in rows)),
        touch=touch,
        shown=total(shown_by(meetings, "owner")).rate,
    )
