"""Owners' working hours as the ranking needs them: of the day, of the rest of the week, until a moment due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import numpy as np
from django.utils import timezone

from accounts.models import User
from priority.chances import Floats, Ints
from worktime.calendar import DAY, NoWorkingTime, WorkingCalendar
from worktime.selectors import calendars_of

MORNING = time(6)
HORIZON = 35 * DAY
"""Further ahead nothing is due soon, whatever the calendar."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
HOUR = 3600e6  # microseconds
FULL_DAY, FULL_WEEK = 8.0, 40.0


def morning_of(at: datetime) -> datetime:
    """The last six in the morning of the bank's zone. Lists of a day take freshness as of then, so that an event
    moves the leads that it concerns and no others."""
    local = timezone.localtime(at)
    day = local.date() if local.time() >= MORNING else local.date() - DAY
    return datetime.combine(day, MORNING, local.tzinfo)


def microseconds(at: datetime) -> int:
    """As PostgreSQL counts them, since 2000."""
    return (at - EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Working:
    """One calendar seen from a moment. ``edges`` and ``worked`` are the bends of the working hours since then."""

    day: float
    week: float
    edges: Floats
    worked: Floats

    def until(self, moments: Ints) -> Floats:
        """Working hours until moments (microseconds since 2000); negative for what has passed."""
        ahead = np.interp(moments, self.edges, self.worked)
        return np.where(moments < self.edges[0], -1.0, ahead)


def working_hours(owner_ids: Iterable[UUID], at: datetime) -> list[Working]:
    """For each owner in the given order. Owners with equal calendars share one; four queries for any number."""
    ids = list(owner_ids)
    calendars = calendars_of(User.objects.filter(pk__in=ids))
    seen: dict[WorkingCalendar, Working] = {}
    found = []
    for pk in ids:
        calendar = calendars[pk]
        if calendar not in seen:
            seen[calendar] = _seen_from(at, calendar)
        found.append(seen[calendar])
    return found


def _seen_from(at: datetime, calendar: WorkingCalendar) -> Working:
    today = calendar.local_day(at)
    edges, worked, passed = [float(microseconds(at))], [0.0], 0.0
    for ahead in range(HORIZON // DAY):
        for start, end in calendar.windows(today + ahead * DAY):
            if end > at:
                begun = max(start, at)
                edges += [float(microseconds(begun)), float(microseconds(end))]
                worked += [passed, passed := passed + (end - begun).total_seconds() / 3600]
    edges.append(edges[-1] + HOUR)
    worked.append(1e6)  # beyond the horizon: not soon
    try:
        first = calendar.first_working_day(today)
    except NoWorkingTime:
        return Working(FULL_DAY, FULL_WEEK, np.array(edges), np.array(worked))
    last = calendar.last_working_day_of_week(first) or first
    week = sum((calendar.hours_on(first + n * DAY) for n in range((last - first).days + 1)), timedelta())
    day = calendar.hours_on(first)
    return Working(day.total_seconds() / 3600, week.total_seconds() / 3600, np.array(edges), np.array(worked))
