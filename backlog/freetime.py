"""Free time of a working calendar: arithmetic over stretches that are taken. No database."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from worktime.calendar import DAY, WorkingCalendar

STEP = timedelta(minutes=15)
SEARCH_DAYS = 60
Stretch = tuple[datetime, datetime]


def free_slots(
    calendar: WorkingCalendar, taken: Iterable[Stretch], minutes: int, *, since: datetime
) -> Iterator[datetime]:
    """Starts of free stretches that hold ``minutes`` of unbroken work, from ``since`` on, on quarters of an hour.

    Lunch and days off are no work; what is longer than the longest stretch of a day begins where a stretch does and
    runs on, since a day-long trip must have a start too. Looks ``SEARCH_DAYS`` ahead.
    """
    length, busy = timedelta(minutes=minutes), sorted(taken)
    first = calendar.local_day(since)
    for day in (first + count * DAY for count in range(SEARCH_DAYS)):
        windows = calendar.windows(day)
        longest = max((end - start for start, end in windows), default=timedelta())
        for start, end in windows:
            need = min(length, longest)
            yield from _starts(max(start, since), end, need, busy)


def nearest_free(
    calendar: WorkingCalendar, taken: Iterable[Stretch], minutes: int, *, since: datetime
) -> datetime | None:
    """The first free start, or None when two months are full."""
    return next(free_slots(calendar, taken, minutes, since=since), None)


def _starts(start: datetime, end: datetime, need: timedelta, busy: list[Stretch]) -> Iterator[datetime]:
    moment = _on_quarter(start)
    while moment + need <= end:
        clash = next((stop for begun, stop in busy if begun < moment + need and stop > moment), None)
        if clash is None:
            yield moment
            moment += STEP
        else:
            moment = _on_quarter(clash)


def _on_quarter(moment: datetime) -> datetime:
    """This moment or the next quarter of an hour."""
    whole = moment.astimezone(UTC).replace(second=0, microsecond=0)
    if whole < moment:
        whole += timedelta(minutes=1)
    return whole + timedelta(minutes=-whole.minute % 15)


def overlaps(start: datetime, minutes: int, other_start: datetime, other_minutes: int) -> bool:
    """Whether two stretches share a moment; one that ends when the other begins does not."""
    return start < other_start + timedelta(minutes=other_minutes) and other_start < start + timedelta(minutes=minutes)
