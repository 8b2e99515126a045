"""Quiet hours: from when on a message may leave the house."""

from datetime import datetime, timedelta

from notifications.choices import Quiet
from notifications.models import NotificationSettings
from notifications.wall import moment_of
from worktime.calendar import DAY, NoWorkingTime, WorkingCalendar

LEEWAY = timedelta(minutes=15)
"""What is due at the very end of the working day still leaves, although a worker needs a moment for it."""


def leaves_at(at: datetime, chosen: NotificationSettings, calendar: WorkingCalendar) -> datetime:
    """``at`` itself outside the quiet hours, else their end, in UTC. Lunch is not quiet."""
    if chosen.quiet == Quiet.OWN:
        return _after_own(at, chosen, calendar)
    if chosen.quiet == Quiet.CALENDAR:
        return _in_working_time(at, calendar)
    return at


def _after_own(at: datetime, chosen: NotificationSettings, calendar: WorkingCalendar) -> datetime:
    start, end = chosen.quiet_from, chosen.quiet_to
    local = at.astimezone(calendar.zone)
    if start is None or end is None:
        return at
    over_midnight = end <= start
    clock = local.time()
    late, early = clock >= start, clock < end
    if not (late or early if over_midnight else late and early):
        return at
    day = local.date() + DAY if over_midnight and late else local.date()
    return max(at, moment_of(day, end, calendar.zone))


def _in_working_time(at: datetime, calendar: WorkingCalendar) -> datetime:
    windows = calendar.windows(calendar.local_day(at))
    if windows and windows[0][0] <= at < windows[-1][1] + LEEWAY:
        return at
    try:
        return calendar.next_working_moment(at)
    except NoWorkingTime:
        return at
