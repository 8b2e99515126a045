"""The days of a week as a table of hours, and the rows of its actions: words made ready for the templates."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.formats import date_format

from backlog.choices import ResultOutcome
from backlog.models import Action
from backlog.week import DayPlan, Entry, Week
from web.addresses import address_of
from worktime.calendar import WorkingCalendar

SMALL = 15


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of a day. ``slot`` is its start, for a drop; ``running`` says that an earlier entry reaches into it.
    Next steps of leads stand apart: there may be many of them in an hour."""

    slot: str
    label: str
    entries: list[Entry]
    steps: list[Entry]
    running: bool
    works: bool
    past: bool


@dataclass(frozen=True, slots=True)
class Line:
    hour: str
    lunch: bool
    cells: list[Cell]


def shown_days(week: Week) -> list[DayPlan]:
    """Working days, and free ones on which an action stands."""
    return [day for day in week.days if not day.is_free or day.planned] or list(week.days[:5])


def grid_of(week: Week, at: datetime) -> list[Line]:
    """From the first hour of work to the last, wider where something stands outside."""
    days, calendar = shown_days(week), week.calendar
    marks = [entry for day in days for entry in day.entries if entry.action]
    first = min([calendar.start.hour, *(entry.begins.hour for entry in marks)])
    last = max([calendar.end.hour - (calendar.end.minute == 0), *(entry.begins.hour for entry in marks)])
    return [_line(hour, days, calendar, at) for hour in range(first, last + 1)]


def _line(hour: int, days: list[DayPlan], calendar: WorkingCalendar, at: datetime) -> Line:
    lunch = calendar.lunch is not None and _covers(calendar.lunch, hour)
    return Line(f"{hour:02d}", lunch, [_cell(hour, day, calendar, at) for day in days])


def _covers(lunch: tuple[time, time], hour: int) -> bool:
    """At least half of the hour."""
    begins, ends = (mark.hour * 60 + mark.minute for mark in lunch)
    return min(ends, hour * 60 + 60) - max(begins, hour * 60) >= 30


def _cell(hour: int, day: DayPlan, calendar: WorkingCalendar, at: datetime) -> Cell:
    start = datetime.combine(day.day, time(hour), calendar.zone)
    here = [entry for entry in day.entries if entry.action and entry.begins.hour == hour]
    steps = [entry for entry in day.entries if entry.lead and entry.begins.hour == hour]
    running = any(entry.begins < start < entry.ends for entry in day.entries)
    label = f"{date_format(day.day, 'j E')}, {hour:02d}:00"
    return Cell(start.isoformat(), label, here, steps, running, not day.is_free, start + timedelta(hours=1) <= at)


@dataclass(frozen=True, slots=True)
class Row:
    """An action with the words of its line."""

    action: Action
    slot: str
    late: bool
    outcome: str

    @property
    def urls(self) -> dict[str, str]:
        """Addresses of what can be done with the row."""
        pages = {"page": "actions:page", "move": "actions:move", "slot": "actions:slot", "priority": "actions:priority"}
        return {word: address_of(name, self.action.pk) for word, name in (pages | {"result": "results:action"}).items()}

    @property
    def lead_url(self) -> str:
        return address_of("leads:card", self.action.lead_id) if self.action.lead_id else ""


def row_of(action: Action, calendar: WorkingCalendar, at: datetime) -> Row:
    outcome = str(getattr(action, "outcome", None) or "")
    words: Any = dict(ResultOutcome.choices)
    late = action.is_open and not action.is_idea and action.due_at < at
    return Row(action, slot_words(action.slot_at, calendar), late, str(words.get(outcome, "")))


def slot_words(slot_at: datetime | None, calendar: WorkingCalendar) -> str:
    """«вт 24, 10:30» by the owner's clock; empty without a slot."""
    if slot_at is None:
        return ""
    here = slot_at.astimezone(calendar.zone)
    return f"{date_format(here, 'D').lower()} {here.day}, {here:%H:%M}"
