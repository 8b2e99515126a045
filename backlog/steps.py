"""Which next step follows an outcome unless the person chooses another: one table, for bar, API and tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from backlog.choices import ResultOutcome
from worktime.calendar import WorkingCalendar

MORNING = 10


@dataclass(frozen=True, slots=True)
class StepRule:
    """``days`` ahead (None: no step follows); ``same_time`` keeps the hour of the action that was done."""

    days: int | None
    text: Any = ""
    same_time: bool = False


RULES: dict[str, StepRule] = {
    ResultOutcome.AGREED: StepRule(1, _("Закрепить договорённость")),
    ResultOutcome.NOT_REACHED: StepRule(1, _("Позвонить ещё раз"), same_time=True),
    ResultOutcome.POSTPONED: StepRule(3, _("Вернуться к разговору"), same_time=True),
    ResultOutcome.MEETING: StepRule(1, _("Встреча")),
    ResultOutcome.REFUSED: StepRule(None),
    ResultOutcome.VERBAL_CONTRACT: StepRule(3, _("Подготовить контракт")),
    ResultOutcome.CLAUSE_MISSING: StepRule(1, _("Ответить по условию")),
    ResultOutcome.OBJECTION: StepRule(1, _("Ответить на возражение")),
    ResultOutcome.CONTRADICTION: StepRule(1, _("Снять противоречие")),
    ResultOutcome.OTHER: StepRule(1, _("Позвонить")),
}


def default_step(outcome: str, *, at: datetime, slot_at: datetime | None, calendar: WorkingCalendar) -> datetime | None:
    """The moment that follows: so many days ahead at ten (or at the hour of the slot), moved on to working time."""
    rule = RULES[outcome]
    if rule.days is None:
        return None
    here = at.astimezone(calendar.zone)
    clock = slot_at.astimezone(calendar.zone) if rule.same_time and slot_at else here.replace(hour=MORNING, minute=0)
    moment = (here + timedelta(days=rule.days)).replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return calendar.next_working_moment(moment)
