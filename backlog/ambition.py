"""A bolder framing of a banal goal, and the leading metrics that took others further.

The rule. ``start`` is where the goal's metric begins (an own metric: its baseline, a counted one: 0).

1. By the day: «5 за неделю» becomes «5 в день»: the growth asked for, once for each working day that is left.
2. By the person's own best: the best week with this metric in the last twelve, half as much again.
3. Of the two the smaller is offered: bold, but within a stretch that a person has seen himself make. Without a past the
   first stands alone. It is offered only above the present target; a goal that already asks more than that is bold
   enough. On the last working day nothing is offered.

Leading metrics: weeks of colleagues with the same metric in the same segment (or for the same product) are split by
whether the person also led a goal with a leading metric; the medians of what the final metric grew by are put side by
side. Nobody is named, and no pair of fewer than ``ENOUGH`` weeks on either side is shown. A leading metric that a
finding of the segment speaks of is offered with that finding's evidence.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Q

from backlog.choices import GoalStatus
from backlog.metrics import METRICS, OWN, Source, metric_of
from backlog.models import Finding, Goal
from backlog.progress import Progress, progress_of
from common.text import fold
from worktime.calendar import DAY, WorkingCalendar
from worktime.selectors import calendars_of

WEEKS = 12
PEERS = 120
"""Weeks of colleagues that are looked at, the latest first: enough for a median, cheap to count."""
ENOUGH = 3
STRETCH = Decimal("1.5")
SHOWN = 3
Key = tuple[str, str]
"""A metric: its code, and for an own metric its folded name."""


@dataclass(frozen=True, slots=True)
class Bolder:
    """``per_day`` where the target is the old one for each of ``days``; ``best`` is the person's best week, if any."""

    target: Decimal
    statement: str
    days: int
    best: Decimal | None
    per_day: bool


@dataclass(frozen=True, slots=True)
class Leading:
    """A metric that grows earlier in the chain. ``with_it`` and ``without`` are medians over so many weeks of others;
    None where only the ``finding`` speaks for it. ``target`` is what half of the colleagues reached in it."""

    metric: str
    name: str
    unit: str
    target: Decimal
    with_it: Decimal | None
    without: Decimal | None
    weeks_with: int
    weeks_without: int
    finding: Finding | None

    @property
    def key(self) -> str:
        """Names it in a form."""
        return key_of(self.metric, self.name)


@dataclass(frozen=True, slots=True)
class Offer:
    goal: Goal
    bolder: Bolder | None
    leading: tuple[Leading, ...]


def harder(goal: Goal, at: datetime) -> Offer | None:
    """What could be asked of a goal instead; None where there is nothing to offer.

    About ten queries, whatever the number of colleagues: for the page of one goal, not for lists.
    """
    if goal.status != GoalStatus.ACTIVE or not goal.sprint.is_open:
        return None
    past = _past(goal)
    calendars = calendars_of({row.owner for row in past} | {goal.owner})
    reached = progress_of(past, at, calendars)
    offer = Offer(goal, _bolder(goal, past, reached, calendars[goal.owner_id], at), _leading(goal, past, reached))
    return offer if offer.bolder or offer.leading else None


def _past(goal: Goal) -> list[Goal]:
    """The owner's own weeks with this metric, and all goals of the weeks in which colleagues had it where he has it."""
    monday = goal.sprint.starts_on
    span = Q(sprint__starts_on__lt=monday, sprint__starts_on__gte=monday - WEEKS * 7 * DAY)
    rows = Goal.objects.filter(span, status=GoalStatus.ACTIVE).for_list()
    same = rows.filter(metric=goal.metric, metric_name__iexact=goal.metric_name)
    own = list(same.filter(owner=goal.owner).order_by("-sprint__starts_on")[:WEEKS])
    where = Q(pk__in=[])
    if goal.segment_id:
        where |= Q(segment=goal.segment_id)
    if goal.initiative is not None:
        where |= Q(initiative__product=goal.initiative.product_id)
    others = same.exclude(owner=goal.owner).filter(where).order_by("-sprint__starts_on", "pk")
    weeks = list(others.values_list("sprint_id", flat=True)[:PEERS])
    return own + list(rows.filter(sprint__in=weeks).order_by("sprint_id", "position")) if weeks else own


def _bolder(
    goal: Goal, past: Iterable[Goal], reached: Mapping[UUID, Progress], calendar: WorkingCalendar, at: datetime
) -> Bolder | None:
    days = _days_left(goal, calendar, at)
    if days < 2:
        return None
    start, own = _start(goal), [row for row in past if row.owner_id == goal.owner_id]
    best = max((_growth(row, reached) for row in own), default=Decimal(0))
    daily = (goal.target - start) * days
    growth = min(daily, _ceil(best * STRETCH)) if best > 0 else daily
    target = start + growth
    if target <= goal.target:
        return None
    return Bolder(target, _said(goal.statement, goal.target, target), days, best or None, growth == daily)


def _leading(goal: Goal, past: Iterable[Goal], reached: Mapping[UUID, Progress]) -> tuple[Leading, ...]:
    weeks: dict[UUID, list[Goal]] = defaultdict(list)
    for row in past:
        if row.owner_id != goal.owner_id:
            weeks[row.sprint_id].append(row)
    grown = {week: _final(rows, goal, reached) for week, rows in weeks.items()}
    findings = _findings(goal)
    known = {_key(row) for row in Goal.objects.filter(sprint=goal.sprint, status=GoalStatus.ACTIVE)}
    told = []
    for key, users in _used(weeks, goal).items():
        others = [week for week in weeks if week not in users]
        if key in known or min(len(users), len(others)) < ENOUGH:
            continue
        with_it, without = (Decimal(median(grown[week] for week in group)) for group in (users, others))
        if with_it > without:
            values = [reached[row.pk].value for row in users.values()]
            told.append(_told(next(iter(users.values())), values, (with_it, without), (len(users), len(others)),
                              findings.pop(key, None)))  # fmt: skip
    told.sort(key=lambda one: (one.without or 0) - (one.with_it or 0))
    spoken = [_spoken(finding, goal) for key, finding in findings.items() if key not in known]
    return tuple([*told, *spoken][:SHOWN])


def _used(weeks: Mapping[UUID, Sequence[Goal]], goal: Goal) -> dict[Key, dict[UUID, Goal]]:
    """Which leading metrics were led in which weeks. A name that somebody gave to a metric of his own is told only
    to those who see his work."""
    seen = set(Goal.objects.visible_to(goal.owner).filter(sprint__in=list(weeks)).values_list("pk", flat=True))
    used: dict[Key, dict[UUID, Goal]] = defaultdict(dict)
    for week, rows in weeks.items():
        for row in rows:
            metric = metric_of(row.metric)
            if metric.leading and _key(row) != _key(goal) and (metric.source is not Source.TYPED or row.pk in seen):
                used[_key(row)].setdefault(week, row)
    return used


def _findings(goal: Goal) -> dict[Key, Finding]:
    """One finding for each leading metric that worked in the segment, the newest."""
    if goal.segment_id is None:
        return {}
    rows = Finding.objects.visible_to(goal.owner).filter(segment=goal.segment_id, retired=False)
    leading = [code for code, metric in METRICS.items() if metric.leading]
    found: dict[Key, Finding] = {}
    for row in rows.filter(metric__in=leading).order_by("-created_at")[:PEERS]:
        if _key(row) != _key(goal):
            found.setdefault(_key(row), row)
    return found


def _told(
    like: Goal, values: Sequence[Decimal], medians: tuple[Decimal, Decimal], weeks: tuple[int, int],
    finding: Finding | None,
) -> Leading:  # fmt: skip
    target = max(_ceil(Decimal(median(values))), Decimal(1))
    name, unit = _names(like.metric, like.metric_name, like.unit)
    return Leading(like.metric, name, unit, target, *medians, *weeks, finding)


def _spoken(finding: Finding, goal: Goal) -> Leading:
    """Without weeks to count from: as many as the goal itself asks for, a step earlier in the chain."""
    name, unit = _names(finding.metric, finding.metric_name, "")
    target = max(_ceil(goal.target - _start(goal)), Decimal(1))
    return Leading(finding.metric, name, unit, target, None, None, 0, 0, finding)


def key_of(metric: str, name: str) -> str:
    return f"{OWN}:{fold(name)}" if metric == OWN else metric


def _names(code: str, own_name: str, own_unit: str) -> tuple[str, str]:
    metric = metric_of(code)
    return (own_name, own_unit) if metric.source is Source.TYPED else (str(metric.name), str(metric.unit))


def _final(rows: Iterable[Goal], goal: Goal, reached: Mapping[UUID, Progress]) -> Decimal:
    """What the week brought in the goal's own metric."""
    return max(_growth(row, reached) for row in rows if _key(row) == _key(goal))


def _growth(goal: Goal, reached: Mapping[UUID, Progress]) -> Decimal:
    return max(reached[goal.pk].value - _start(goal), Decimal(0))


def _start(goal: Goal) -> Decimal:
    return goal.baseline if metric_of(goal.metric).source is Source.TYPED else Decimal(0)


def _key(row: Any) -> Key:
    return row.metric, fold(row.metric_name)


def _ceil(value: Decimal) -> Decimal:
    return value.to_integral_value(ROUND_CEILING)


def _days_left(goal: Goal, calendar: WorkingCalendar, at: datetime) -> int:
    """Working days from today (or from the week's Monday) to the goal's day."""
    first: date = max(calendar.local_day(at), goal.sprint.starts_on)
    span = range(max(0, (goal.due_on - first + timedelta(days=1)).days))
    return sum(calendar.is_working_day(first + n * DAY) for n in span)


def _said(statement: str, old: Decimal, new: Decimal) -> str:
    """The goal's words with the new number, where they name the old one."""
    return re.sub(rf"(?<![\d.,]){re.escape(f'{old.normalize():f}')}(?![\d.,]\d|\d)", f"{new.normalize():f}",
                  statement, count=1)[:300]  # fmt: skip
