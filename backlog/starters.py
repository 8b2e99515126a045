"""What a first week is made of: three actions for a metric, with a priority and a free time for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.choices import Kind
from agents.models import Segment
from backlog.choices import ActionKind, Priority
from backlog.freetime import Stretch, nearest_free
from backlog.models import Goal
from backlog.services.slots import taken
from worktime.calendar import NoWorkingTime, WorkingCalendar
from worktime.selectors import calendar_of

PAUSE = timedelta(minutes=15)
"""Between now and the first proposed slot: whoever plans is still planning."""
_CALL = (gettext_lazy("Обзвонить %(whom)s: минимум 2 в день"), ActionKind.CALL, 60)
_WRITE = (gettext_lazy("Написать тем, кто не ответил, и предложить время"), ActionKind.MESSAGE, 30)
_MEET = (gettext_lazy("Провести встречу и записать, что мешает"), ActionKind.MEETING, 60)
_LIST = (gettext_lazy("Собрать список: 20 контактов, %(whom)s"), ActionKind.TASK, 60)
_ARRANGE = (gettext_lazy("Договориться об интервью: %(whom)s"), ActionKind.CALL, 60)
_ASK = (gettext_lazy("Провести CustDev: что болит и сколько это стоит"), ActionKind.CUSTDEV, 60)
_COMPARE = (gettext_lazy("Сверить ответы с УТП и поправить его"), ActionKind.TASK, 30)
_SHOW = (gettext_lazy("Показать расчёт тем, у кого проблема подтверждена"), ActionKind.MEETING, 60)
_TERMS = (gettext_lazy("Согласовать условия: что даёт каждая сторона"), ActionKind.CONTRACT, 60)
_LACK = (gettext_lazy("Узнать, чего не хватает для подписи: %(whom)s"), ActionKind.CALL, 30)
_USUAL = (_CALL, _WRITE, _MEET)
_DEAL = (_SHOW, _TERMS, _LACK)
TEMPLATES = {
    "contact": (_LIST, _CALL, _WRITE),
    "custdev": (_ARRANGE, _ASK, _COMPARE),
    "verbal_contract": _DEAL,
    "signed_contract": _DEAL,
    "value_delivered": _DEAL,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed action; ``slot_at`` is None where the week has no free time left."""

    title: str
    kind: str
    minutes: int
    priority: int
    slot_at: datetime | None


def week_to_plan(calendar: WorkingCalendar, at: datetime) -> date:
    """The day in whose week the first plan belongs: that of the next working time, so Sunday plans for Monday."""
    try:
        free = nearest_free(calendar, (), 30, since=at + PAUSE)
    except NoWorkingTime:
        free = None
    return calendar.local_day(free or at)


def drafts_for(goal: Goal, at: datetime, *, count: int) -> list[Draft]:
    """The template of the goal's metric with times that are free for its owner; five queries."""
    calendar = calendar_of(goal.owner)
    lines = TEMPLATES.get(goal.metric, _USUAL)[-count:] if count else ()
    start = max(at + PAUSE, datetime.combine(goal.sprint.starts_on, calendar.start, calendar.zone))
    slots = _slots(calendar, taken(goal.owner, start), [minutes for _text, _kind, minutes in lines], start)
    whom = {"whom": _whom(goal.segment)}
    return [
        Draft(str(text) % whom, kind, minutes, _priority(slot, start, calendar), slot)
        for (text, kind, minutes), slot in zip(lines, _within(slots, goal, calendar), strict=True)
    ]


def _slots(
    calendar: WorkingCalendar, busy: Sequence[Stretch], lengths: Sequence[int], since: datetime
) -> Iterator[datetime | None]:
    """One after another, each in time that the ones before it left free."""
    full = list(busy)
    for minutes in lengths:
        try:
            slot = nearest_free(calendar, full, minutes, since=since)
        except NoWorkingTime:
            slot = None
        if slot is not None:
            full.append((slot, slot + timedelta(minutes=minutes)))
        yield slot


def _priority(slot: datetime | None, start: datetime, calendar: WorkingCalendar) -> int:
    """«День» for what stands today, so that no action is due before its own slot."""
    today = slot is not None and calendar.local_day(slot) == calendar.local_day(start)
    return Priority.TODAY if today else Priority.WEEK


def _within(slots: Iterator[datetime | None], goal: Goal, calendar: WorkingCalendar) -> Iterator[datetime | None]:
    """A slot of another week is none: the goal is of this one."""
    last = goal.sprint.ends_on
    return (slot if slot is not None and calendar.local_day(slot) <= last else None for slot in slots)


def _whom(segment: Segment | None) -> str:
    if segment is None:
        return _("агентов")
    who = _("агентов") if segment.kind == Kind.AGENT else _("клиентов")
    return _("%(who)s сегмента «%(segment)s»") % {"who": who, "segment": segment.name[:60]}
