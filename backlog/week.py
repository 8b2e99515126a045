"""One person's week as the page shows it: segments, goals and actions; ideas; what the days hold; how full it is.

Nine queries for any number of rows, the three of the calendar among them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery

from accounts.models import User
from agents.models import Segment
from backlog.choices import ActionStatus, GoalStatus
from backlog.models import Action, ActionResult, Goal, Sprint
from backlog.progress import Progress, progress_of
from leads.choices import Outcome
from leads.models import Lead
from worktime.calendar import DAY, NOTHING, WorkingCalendar
from worktime.selectors import calendar_of

MOST = 400
"""Rows of one week; far above what a person plans, below what a page cannot bear."""
DAYS = 7


@dataclass(frozen=True, slots=True)
class GoalBlock:
    goal: Goal
    progress: Progress
    actions: tuple[Action, ...]

    @property
    def left(self) -> int:
        return sum(action.is_open for action in self.actions)


@dataclass(frozen=True, slots=True)
class SegmentBlock:
    """``loose`` are actions that serve no goal yet."""

    segment: Segment | None
    goals: tuple[GoalBlock, ...]
    loose: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that stands at a time of day: a planned action, or (lighter) a lead's next step."""

    begins: datetime
    minutes: int
    action: Action | None = None
    lead: Lead | None = None

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(minutes=self.minutes)

    @property
    def clock(self) -> str:
        return f"{self.begins:%H:%M}"


@dataclass(frozen=True, slots=True)
class DayPlan:
    """``begins`` of the entries stand in the owner's zone."""

    day: date
    entries: tuple[Entry, ...]
    planned: timedelta
    hours: timedelta

    @property
    def overloaded(self) -> bool:
        return self.planned > self.hours

    @property
    def is_free(self) -> bool:
        return self.hours == NOTHING


@dataclass(frozen=True, slots=True)
class Week:
    owner: User
    monday: date
    calendar: WorkingCalendar
    sprint: Sprint | None
    segments: tuple[SegmentBlock, ...]
    ideas: tuple[Action, ...]
    dropped: tuple[Action, ...]
    leftovers: tuple[Action, ...]
    days: tuple[DayPlan, ...]
    planned: timedelta
    hours: timedelta

    @property
    def sunday(self) -> date:
        return self.monday + 6 * DAY

    @property
    def actions(self) -> list[Action]:
        blocks = [row for part in self.segments for block in part.goals for row in block.actions]
        return blocks + [row for part in self.segments for row in part.loose]

    @property
    def is_closed(self) -> bool:
        return self.sprint is not None and not self.sprint.is_open

    @property
    def is_empty(self) -> bool:
        return not self.actions and not any(part.goals for part in self.segments)

    @property
    def is_overfull(self) -> bool:
        return self.planned > self.hours

    @property
    def last_used(self) -> Action | None:
        """What was added last: a new action goes to the same goal or segment."""
        return max((row for row in self.actions if row.is_open), key=lambda row: row.created_at, default=None)


def week_of(*, owner: User, monday: date, viewer: User, at: datetime, segment_id: UUID | None = None) -> Week:
    """The week that begins on ``monday``; nothing is written, so a week that nobody planned has no sprint yet."""
    calendar = calendar_of(owner)
    goals = _goals(owner, monday, viewer)
    rows = _actions(owner, monday, viewer)
    mine = [row for row in rows if row.sprint is not None and row.sprint.starts_on == monday]
    sprint = (
        next((goal.sprint for goal in goals), None)
        or next((row.sprint for row in mine), None)
        or _bare_sprint(owner, monday, viewer)
    )
    days = _days(owner, monday, calendar, mine, viewer)
    counted = [row for row in mine if row.status != ActionStatus.DROPPED]
    facts = progress_of(goals, at, {owner.pk: calendar})
    return Week(
        owner=owner,
        monday=monday,
        calendar=calendar,
        sprint=sprint,
        segments=_blocks(goals, counted, facts, segment_id),
        ideas=tuple(row for row in rows if row.sprint_id is None),
        dropped=tuple(row for row in mine if row.status == ActionStatus.DROPPED),
        leftovers=tuple(row for row in rows if row.sprint is not None and row.sprint.starts_on != monday),
        days=days,
        planned=_sum(counted),
        hours=sum((day.hours for day in days), NOTHING),
    )


def as_done(week: Week) -> Week:
    """The fact of a week instead of its plan: what was done, on the days and hours when it was."""
    done = [row for row in week.actions if row.status == ActionStatus.DONE]
    parts = (_done_part(part) for part in week.segments)
    entries: dict[date, list[Entry]] = defaultdict(list)
    for row in done:
        if row.done_at is not None:
            begins = (row.done_at - timedelta(minutes=row.minutes)).astimezone(week.calendar.zone)
            entries[begins.date()].append(Entry(begins, row.minutes, action=row))
    return replace(
        week,
        segments=tuple(part for part in parts if part.goals or part.loose),
        ideas=(), dropped=(), leftovers=(),
        days=tuple(_day_plan(day.day, entries, week.calendar) for day in week.days),
        planned=_sum(done),
    )  # fmt: skip


def _done_part(part: SegmentBlock) -> SegmentBlock:
    def kept(rows: Iterable[Action]) -> tuple[Action, ...]:
        return tuple(row for row in rows if row.status == ActionStatus.DONE)

    goals = tuple(replace(block, actions=kept(block.actions)) for block in part.goals)
    return replace(part, goals=goals, loose=kept(part.loose))


def _goals(owner: User, monday: date, viewer: User) -> list[Goal]:
    rows = Goal.objects.visible_to(viewer).for_list().filter(owner=owner, sprint__starts_on=monday)
    return list(rows.filter(status=GoalStatus.ACTIVE).select_related("sprint__owner"))


def _actions(owner: User, monday: date, viewer: User) -> list[Action]:
    """Of this week, the ideas, and what the week before left open; each with the outcome of its standing result."""
    standing = ActionResult.objects.standing().filter(action=OuterRef("pk")).values("outcome")[:1]
    rows = Action.objects.visible_to(viewer).filter(owner=owner)
    rows = rows.select_related("segment", "sprint", "lead__party", "party")
    # Open ones first: the order that people make is an order of what is still to be done.
    rows = rows.order_by(F("status").desc(), "position", "pk").filter(
        Q(sprint__starts_on=monday)
        | Q(status=ActionStatus.PLANNED, sprint__isnull=True)
        | Q(status=ActionStatus.PLANNED, sprint__starts_on=monday - 7 * DAY)
    )
    return list(rows.annotate(outcome=Subquery(standing))[:MOST])


def _bare_sprint(owner: User, monday: date, viewer: User) -> Sprint | None:
    return Sprint.objects.visible_to(viewer).select_related("owner").filter(owner=owner, starts_on=monday).first()


def _blocks(
    goals: Sequence[Goal], actions: Iterable[Action], facts: dict[UUID, Progress], segment_id: UUID | None
) -> tuple[SegmentBlock, ...]:
    """Segments in the order of their first goal, then those without goals, «без сегмента» last."""
    serving: dict[UUID, list[Action]] = defaultdict(list)
    loose: dict[UUID | None, list[Action]] = defaultdict(list)
    segments: dict[UUID | None, Segment | None] = {goal.segment_id: goal.segment for goal in goals}
    known = {goal.pk for goal in goals}
    for row in actions:
        if row.goal_id in known:
            serving[row.goal_id].append(row)
        else:
            loose[row.segment_id].append(row)
            segments.setdefault(row.segment_id, row.segment)
    order = [key for key in segments if key is not None] + [key for key in segments if key is None]
    return tuple(
        SegmentBlock(
            segments[key],
            tuple(GoalBlock(goal, facts[goal.pk], tuple(serving[goal.pk])) for goal in goals if goal.segment_id == key),
            tuple(loose[key]),
        )
        for key in order
        if segment_id is None or key == segment_id
    )


def _days(
    owner: User, monday: date, calendar: WorkingCalendar, actions: Iterable[Action], viewer: User
) -> tuple[DayPlan, ...]:
    entries: dict[date, list[Entry]] = defaultdict(list)
    slotted = [row for row in actions if row.slot_at is not None and row.status != ActionStatus.DROPPED]
    for row in slotted:
        begins = row.slot_at.astimezone(calendar.zone)  # type: ignore[union-attr]  # only those with a slot
        entries[begins.date()].append(Entry(begins, row.minutes, action=row))
    for lead in _steps(owner, monday, calendar, viewer):
        if lead.next_action_at is not None:
            begins = lead.next_action_at.astimezone(calendar.zone)
            entries[begins.date()].append(Entry(begins, 0, lead=lead))
    return tuple(_day_plan(monday + count * DAY, entries, calendar) for count in range(DAYS))


def _day_plan(day: date, entries: dict[date, list[Entry]], calendar: WorkingCalendar) -> DayPlan:
    own = tuple(sorted(entries[day], key=lambda entry: (entry.begins, -entry.minutes)))
    planned = sum((timedelta(minutes=entry.minutes) for entry in own), NOTHING)
    return DayPlan(day, own, planned, calendar.hours_on(day))


def _steps(owner: User, monday: date, calendar: WorkingCalendar, viewer: User) -> list[Lead]:
    since = datetime.combine(monday, datetime.min.time(), calendar.zone)
    rows = Lead.objects.visible_to(viewer).filter(owner=owner, outcome=Outcome.OPEN)
    rows = rows.filter(next_action_at__gte=since, next_action_at__lt=since + timedelta(days=DAYS))
    return list(rows.select_related("party").only("next_action", "next_action_at", "party__name")[:MOST])


def _sum(actions: Iterable[Action]) -> timedelta:
    return timedelta(minutes=sum(row.minutes for row in actions))
