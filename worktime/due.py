"""When an action of a given priority is due, in the owner's working time.

Two rules hold whatever the calendar: a higher priority is never due later than a lower one at the same moment, and
what is put down later is never due earlier. The edges follow from them:

- a day, week or month with less than ``TOO_LITTLE_LEFT`` of working time left is over and the next one counts: on the
  last working day until 17:30 «within the week» is still today, and on a weekend it is the next week;
- «within hours» put down in the afternoon is due by the end of that day, not on the next morning;
- «within the month» put down in a week that runs over the month's end is due with that week.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from worktime.calendar import DAY, HORIZON_DAYS, NoWorkingTime, WorkingCalendar

NOW, TODAY, THIS_WEEK, THIS_MONTH = PRIORITIES = (0, 1, 2, 3)
WITHIN_HOURS = timedelta(hours=2)
TOO_LITTLE_LEFT = timedelta(minutes=30)


def due_for(
    priority: int, at: datetime, calendar: WorkingCalendar, *, within_hours: timedelta = WITHIN_HOURS
) -> datetime:
    """The due moment, in UTC, of an action put down at ``at``. Raises ValueError for an unknown priority, and
    NoWorkingTime (see the calendar).
    """
    if priority == NOW:
        return min(calendar.add_working(at, within_hours), _end_of_day(at, calendar))
    if priority == TODAY:
        return _end_of_day(at, calendar)
    if priority == THIS_WEEK:
        return _end_of_week(at, calendar)
    if priority == THIS_MONTH:
        return max(_end_of_month(at, calendar), _end_of_week(at, calendar))
    raise ValueError(f"a priority is a number from 0 to 3, not {priority}")


def _end_of_day(at: datetime, calendar: WorkingCalendar) -> datetime:
    return _end_of(at, calendar, calendar.first_working_day, lambda day: day + DAY)


def _end_of_week(at: datetime, calendar: WorkingCalendar) -> datetime:
    return _end_of(at, calendar, calendar.last_working_day_of_week, lambda day: day + (8 - day.isoweekday()) * DAY)


def _end_of_month(at: datetime, calendar: WorkingCalendar) -> datetime:
    return _end_of(
        at, calendar, calendar.last_working_day_of_month, lambda day: (day.replace(day=1) + 31 * DAY).replace(day=1)
    )


def _end_of(
    at: datetime,
    calendar: WorkingCalendar,
    last_day: Callable[[date], date | None],
    following: Callable[[date], date],
) -> datetime:
    """The end of the first stretch (day, week, month) that leaves time enough after ``at``."""
    day = today = calendar.local_day(at)
    while (day - today).days <= HORIZON_DAYS:
        last = last_day(day)
        if last is not None:
            windows = calendar.windows(last)
            start, end = windows[0][0], windows[-1][1]
            if at <= start or calendar.working_between(at, end) >= TOO_LITTLE_LEFT:
                return end
        day = following(day)
    raise NoWorkingTime
