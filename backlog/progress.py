"""How far goals have come: counted from what happened, point by point over the day, against the pace of working time.

Two queries for any number of goals (and three more where the caller has no calendars): the trees of their segments,
and all figures at once. What is counted:

- entries: the first entry of a lead into the stage, ever, when it falls between the week's Monday and the goal's day,
  in the zone of the goal's owner; with his name and the segment (or one below it) as they stood then. An entry that an
  undone result made is left out, here and when «first» is judged.
- results: standing results of the goal's own actions, and of the owner's actions without a goal in the segment.
- an own metric: the last value written down.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from uuid import UUID

from agents.selectors import sub_segments
from backlog.figures import Figure, Wanted, figures_of
from backlog.metrics import Source, metric_of
from backlog.models import Goal
from worktime.calendar import DAY, NOTHING, WorkingCalendar
from worktime.selectors import calendars_of

ZERO = Decimal(0)
Trees = Mapping[UUID, frozenset[UUID]]


@dataclass(frozen=True, slots=True)
class Point:
    """The value as it stood from this moment on."""

    at: datetime
    value: Decimal


@dataclass(frozen=True, slots=True)
class Progress:
    """A goal at one moment. ``points`` are those of the owner's day; ``pace`` is where the value should be by now, by
    the working time gone since Monday; ``stalled``: half of the owner's working day is gone and nothing has grown."""

    value: Decimal
    day_start: Decimal
    target: Decimal
    pace: Decimal
    points: tuple[Point, ...]
    half_gone: bool

    @property
    def today(self) -> Decimal:
        """Growth since the start of the day."""
        return self.value - self.day_start

    @property
    def reached(self) -> bool:
        return self.value >= self.target

    @property
    def behind(self) -> bool:
        return not self.reached and self.value < self.pace

    @property
    def stalled(self) -> bool:
        return self.half_gone and not self.reached and self.today <= 0


def progress_of(
    goals: Iterable[Goal], at: datetime, calendars: Mapping[UUID, WorkingCalendar] | None = None
) -> dict[UUID, Progress]:
    """By the goal's id. Goals come with their sprint, owner and segment (``Goal.objects.for_list()``)."""
    wanted = list(goals)
    clocks = calendars or calendars_of({goal.owner for goal in wanted})
    spans = {goal.pk: span_of(goal, clocks[goal.owner_id]) for goal in wanted}
    trees = sub_segments({goal.segment_id for goal in wanted if goal.segment_id})
    figures = _figures(wanted, spans, at)
    counted = {goal.pk: _points(goal, figures, trees, spans[goal.pk], at) for goal in wanted}
    return {goal.pk: _progress(goal, counted[goal.pk], clocks[goal.owner_id], at) for goal in wanted}


def series_of(goals: Iterable[Goal], at: datetime) -> dict[UUID, list[Point]]:
    """By the goal's id the value after each step until ``at``, oldest first. Two queries, no calendars."""
    wanted = list(goals)
    spans = {goal.pk: _span(goal, goal.owner.zone) for goal in wanted}
    trees = sub_segments({goal.segment_id for goal in wanted if goal.segment_id})
    figures = _figures(wanted, spans, at)
    return {goal.pk: _points(goal, figures, trees, spans[goal.pk], at) for goal in wanted}


def values_of(goals: Iterable[Goal], at: datetime) -> dict[UUID, Decimal]:
    """By the goal's id where it stands: the last of its series, an own metric's baseline where nothing is written."""
    wanted = list(goals)
    series = series_of(wanted, at)
    return {goal.pk: plain(series[goal.pk][-1].value if series[goal.pk] else _floor(goal)) for goal in wanted}


def span_of(goal: Goal, calendar: WorkingCalendar) -> tuple[datetime, datetime]:
    """From the week's Monday to the end of the goal's day, in the owner's zone."""
    return _span(goal, calendar.zone)


def _span(goal: Goal, zone: tzinfo) -> tuple[datetime, datetime]:
    return _midnight(goal.sprint.starts_on, zone), _midnight(goal.due_on + DAY, zone)


def _floor(goal: Goal) -> Decimal:
    """Where the count starts: an own metric from its baseline, a counted one from nothing."""
    return goal.baseline if metric_of(goal.metric).source is Source.TYPED else ZERO


def pace_share(goal: Goal, at: datetime, calendar: WorkingCalendar) -> Decimal:
    """Which part of the goal's working time is gone, from 0 to 1; by plain time where no work falls into it."""
    since, until = span_of(goal, calendar)
    return calendar.share_gone(since, until, at)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _figures(
    goals: Sequence[Goal], spans: Mapping[UUID, tuple[datetime, datetime]], at: datetime
) -> dict[Source, list[Figure]]:
    found: dict[Source, list[Figure]] = defaultdict(list)
    if not goals:
        return found
    metrics = [metric_of(goal.metric) for goal in goals]
    wanted = Wanted(
        owner_ids={goal.owner_id for goal in goals},
        stages={metric.stage for metric in metrics if metric.source is Source.ENTRIES},
        typed={goal.pk for goal in goals if metric_of(goal.metric).source is Source.TYPED},
        since=min(span[0] for span in spans.values()),
        until=min(max(span[1] for span in spans.values()), at + timedelta(microseconds=1)),
    )
    for figure in figures_of(wanted):
        found[figure.source].append(figure)
    return found


def _points(
    goal: Goal, figures: Mapping[Source, list[Figure]], trees: Trees, span: tuple[datetime, datetime], at: datetime
) -> list[Point]:
    """The value after each step, oldest first."""
    source = metric_of(goal.metric).source
    since, until = span
    mine = [figure for figure in figures.get(source, ()) if figure.at < until and figure.at <= at]
    if source is Source.TYPED:
        return [Point(figure.at, figure.value) for figure in mine if figure.goal_id == goal.pk]
    tree = trees.get(goal.segment_id) if goal.segment_id else None
    steps = [figure.at for figure in mine if figure.at >= since and _counts(figure, goal, tree)]
    return [Point(moment, Decimal(number)) for number, moment in enumerate(steps, start=1)]


def _counts(figure: Figure, goal: Goal, tree: frozenset[UUID] | None) -> bool:
    metric = metric_of(goal.metric)
    if figure.owner_id != goal.owner_id:
        return False
    inside = tree is None or figure.segment_id in tree
    if metric.source is Source.ENTRIES:
        return figure.code == metric.stage and inside
    if metric.kinds and figure.code not in metric.kinds:
        return False
    if metric.outcomes and figure.outcome not in metric.outcomes:
        return False
    return figure.goal_id == goal.pk or (figure.goal_id is None and inside)


def _progress(goal: Goal, points: Sequence[Point], calendar: WorkingCalendar, at: datetime) -> Progress:
    day = calendar.local_day(at)
    morning = _midnight(day, calendar.zone)
    floor = _floor(goal)
    before = [point for point in points if point.at < morning]
    today = [point for point in points if point.at >= morning]
    start = before[-1].value if before else floor
    pace = floor + (goal.target - floor) * pace_share(goal, at, calendar)
    return Progress(
        value=plain(today[-1].value if today else start),
        day_start=plain(start),
        target=plain(goal.target),
        pace=pace.quantize(Decimal("0.1")),
        points=(Point(morning, start), *today),
        half_gone=_half_gone(goal, day, calendar, at),
    )


def plain(value: Decimal) -> Decimal:
    """Without the zeros that the column adds: 10 and 3.5, not 10.00 and 3.50."""
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()


def _half_gone(goal: Goal, day: date, calendar: WorkingCalendar, at: datetime) -> bool:
    """Whether half of the working hours of this day of the goal's week are behind."""
    hours = calendar.hours_on(day)
    if hours == NOTHING or not goal.sprint.starts_on <= day <= goal.due_on:
        return False
    return calendar.working_between(_midnight(day, calendar.zone), at) * 2 >= hours
