"""Days of the bank: reports count by its time zone, whatever the reader's own is."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def midnight(day: date) -> datetime:
    """The first moment of a day of the bank."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


def day_of(moment: datetime) -> date:
    return timezone.localdate(moment, timezone.get_default_timezone())


def is_midnight(moment: datetime) -> bool:
    return midnight(day_of(moment)) == moment


def begin_of(day: date, step: str) -> date:
    """The first day of the ``day``, ``week`` (Monday) or ``month`` in which a day lies."""
    if step == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if step == "week" else day


def next_of(begin: date, step: str) -> date:
    """The first day of the step after the one that begins here."""
    if step == "month":
        return (begin + timedelta(days=31)).replace(day=1)
    return begin + timedelta(days=7 if step == "week" else 1)


def steps_between(first: date, last: date, step: str) -> list[date]:
    """The first days of all steps that touch the days from ``first`` to ``last``."""
    found = [begin_of(first, step)]
    while (following := next_of(found[-1], step)) <= last:
        found.append(following)
    return found
