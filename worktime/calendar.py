"""Working time as arithmetic: no framework, no database. Every moment that comes out is in UTC.

Python subtracts two moments of one zone by their clock faces, so that a night of changing clocks would be an hour
too long or too short; between moments in UTC a difference is what really passed. Show them in the person's zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

HORIZON_DAYS = 3 * 366
"""How far ahead work is looked for. Days off reach two years at most, so only a broken table of holidays gets here."""

DAY = timedelta(days=1)
NOTHING = timedelta()
Window = tuple[datetime, datetime]


class NoWorkingTime(ValueError):
    """Nobody works under this calendar for the next three years."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """One person's working hours in his zone. ``weekdays`` count from Monday = 1 to Sunday = 7.

    A day off beats a moved working day, which beats a holiday, which beats the weekday. Where the clocks jump over
    an hour, a time inside the gap is read by the clock before the jump; where an hour comes twice, the first counts.
    Raises ValueError for hours that hold no work.
    """

    zone: ZoneInfo
    weekdays: frozenset[int]
    start: time
    end: time
    lunch: tuple[time, time] | None = None
    holidays: frozenset[date] = frozenset()
    moved: frozenset[date] = frozenset()
    days_off: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= frozenset(range(1, 8)):
            raise ValueError("weekdays are numbers from 1 to 7, at least one")
        if self.start >= self.end:
            raise ValueError("a working day ends after it starts")
        if self.lunch and not self.start <= self.lunch[0] < self.lunch[1] <= self.end:
            raise ValueError("lunch lies inside the working hours")
        if self.lunch == (self.start, self.end):
            raise ValueError("lunch is not the whole day")

    def local_day(self, moment: datetime) -> date:
        """The date on the person's calendar at this moment."""
        return moment.astimezone(self.zone).date()

    def is_working_day(self, day: date) -> bool:
        if day in self.days_off:
            return False
        if day in self.moved:
            return True
        return day not in self.holidays and day.isoweekday() in self.weekdays

    def windows(self, day: date) -> list[Window]:
        """The stretches of work of this date, in order, without the lunch; none on a free day."""
        if not self.is_working_day(day):
            return []
        start, end = self._moment(day, self.start), self._moment(day, self.end)
        if self.lunch is None:
            pieces = [(start, end)]
        else:
            # Clamped, because a jump of the clocks may carry one edge past another.
            out = min(max(self._moment(day, self.lunch[0]), start), end)
            back = min(max(self._moment(day, self.lunch[1]), out), end)
            pieces = [(start, out), (back, end)]
        return [piece for piece in pieces if piece[0] < piece[1]]

    def hours_on(self, day: date) -> timedelta:
        return sum((end - start for start, end in self.windows(day)), NOTHING)

    def end_of_day(self, day: date) -> datetime | None:
        """When work of this date ends; None on a free day."""
        windows = self.windows(day)
        return windows[-1][1] if windows else None

    def is_working(self, moment: datetime) -> bool:
        """From the first moment of a stretch until just before its last."""
        moment = moment.astimezone(UTC)
        return any(start <= moment < end for start, end in self.windows(self.local_day(moment)))

    def next_working_moment(self, moment: datetime) -> datetime:
        """This very moment while at work, else the start of the next stretch. Raises NoWorkingTime."""
        start, _end = next(self._ahead(moment))
        return start

    def add_working(self, moment: datetime, amount: timedelta) -> datetime:
        """The moment when ``amount`` of working time has passed; nothing added is the next working moment.

        A full stretch ends at its own end, not at the start of the next one. Raises NoWorkingTime, and ValueError
        for a negative amount.
        """
        if amount < NOTHING:
            raise ValueError("working time is added forwards")
        left = amount
        for start, end in self._ahead(moment):
            if left <= end - start:
                return start + left
            left -= end - start
        raise NoWorkingTime  # unreachable: the stretches ahead either go on or raise

    def working_between(self, since: datetime, until: datetime) -> timedelta:
        """Working time from one moment to another; negative when they come the other way round."""
        since, until = since.astimezone(UTC), until.astimezone(UTC)
        if until < since:
            return -self.working_between(until, since)
        passed, day, last = NOTHING, self.local_day(since), self.local_day(until)
        while day <= last:
            for start, end in self.windows(day):
                passed += max(min(end, until) - max(start, since), NOTHING)
            day += DAY
        return passed

    def share_gone(self, since: datetime, until: datetime, at: datetime) -> Decimal:
        """Which part of the working time of a span is gone at a moment, from 0 to 1; by plain time where no work
        falls into it. The span is longer than a second."""
        moment = min(max(at, since), until)
        whole, gone = self.working_between(since, until), self.working_between(since, moment)
        if whole == NOTHING:
            whole, gone = until - since, moment - since
        second = timedelta(seconds=1)
        return Decimal(gone // second) / Decimal(whole // second)

    def first_working_day(self, day: date) -> date:
        """This date or the nearest working one after it. Raises NoWorkingTime."""
        for ahead in range(HORIZON_DAYS):
            if self.windows(candidate := day + ahead * DAY):
                return candidate
        raise NoWorkingTime

    def last_working_day_of_week(self, day: date) -> date | None:
        """Of the ISO week that holds this date; None when the whole week is free."""
        monday = day - (day.isoweekday() - 1) * DAY
        return self._last(monday, monday + 6 * DAY)

    def last_working_day_of_month(self, day: date) -> date | None:
        """Of the month that holds this date; None when the whole month is free."""
        first = day.replace(day=1)
        return self._last(first, (first + 31 * DAY).replace(day=1) - DAY)

    def _last(self, first: date, last: date) -> date | None:
        days = (last - back * DAY for back in range((last - first).days + 1))
        return next((day for day in days if self.windows(day)), None)

    def _ahead(self, moment: datetime) -> Iterator[Window]:
        """The stretches from this moment on, the running one cut; raises NoWorkingTime after three free years."""
        moment, free = moment.astimezone(UTC), 0
        day = self.local_day(moment)
        while free < HORIZON_DAYS:
            windows = self.windows(day)
            free = 0 if windows else free + 1
            for start, end in windows:
                if moment < end:
                    yield max(start, moment), end
            day += DAY
        raise NoWorkingTime

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)
