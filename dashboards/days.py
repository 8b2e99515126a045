"""Calendar weeks and months of the bank, by its time zone: what forecasts, plans and commitments speak of."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from dashboards.choices import PeriodKind
from funnel.figures.days import day_of, midnight

__all__ = ["DAY", "WEEKS_AHEAD", "begin", "day_of", "end", "local", "midnight", "night_of", "today", "week_ends"]

WEEKS_AHEAD = 8
DAY = timedelta(days=1)


def today(at: datetime) -> date:
    return day_of(at)


def night_of(at: datetime) -> datetime:
    """The last midnight of the bank."""
    return midnight(day_of(at))


def begin(period: str, day: date) -> date:
    """The first day of the week or month that holds a day."""
    return day.replace(day=1) if period == PeriodKind.MONTH else day - timedelta(days=day.weekday())


def end(period: str, starts_on: date) -> date:
    """Its last day."""
    if period == PeriodKind.MONTH:
        return (starts_on + timedelta(days=31)).replace(day=1) - DAY
    return starts_on + timedelta(days=6)


def week_ends(day: date) -> list[date]:
    """The last days of this week and of those after it."""
    first = end(PeriodKind.WEEK, begin(PeriodKind.WEEK, day))
    return [first + timedelta(weeks=ahead) for ahead in range(WEEKS_AHEAD)]


def local(at: datetime) -> datetime:
    """By the clock of the bank."""
    return timezone.localtime(at, timezone.get_default_timezone())
