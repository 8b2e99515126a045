"""The morning ritual: what came of the last working day, and what the engine would do within today's hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import User
from backlog.choices import Answer, Priority
from backlog.models import ActionResult, MorningAnswer
from backlog.services.ritual import day_of_ritual
from backlog.today import Day, Item, bounds
from worktime.calendar import DAY, WorkingCalendar

MOST = 15
LEAD_MINUTES = 30
LOOK_BACK_DAYS = 10


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of the ritual: the priority that the engine gives, and whether the day still has room for it."""

    item: Item
    proposed: int
    minutes: int
    fits: bool
    answer: str

    @property
    def change(self) -> int:
        """Below zero: sooner than it stands now; above: later."""
        return self.proposed - self.item.priority


@dataclass(frozen=True, slots=True)
class Morning:
    proposals: Sequence[Proposal]
    results: Sequence[ActionResult]
    since: datetime
    hours: timedelta
    answered: int
    """How many answers this morning has; what was dropped is counted here and shown no more."""

    @property
    def left(self) -> int:
        return sum(1 for proposal in self.proposals if not proposal.answer)


def morning_of(owner: User, day: Day, at: datetime) -> Morning:
    """Two queries more than the day itself. What waits for an answer comes first, what was answered after it.

    Fifteen lines are the whole morning: an answer brings no further line in, or the ritual would never end.
    """
    answers = _answers(owner, at)
    start, _end = bounds(day.calendar, at)
    since = _last_working_day(day.calendar, start)
    done = ActionResult.objects.standing().filter(by=owner, at__gte=since, at__lt=start)
    results = list(done.select_related("action", "lead__party").order_by("-at")[:MOST])
    hours = day.calendar.hours_on(day.calendar.local_day(at))
    answered = [item for item in day.items if _said(item, answers)]
    waiting = [item for item in day.items if not _said(item, answers)][: max(0, MOST - len(answers))]
    return Morning(_fitted(waiting, answered, answers, hours), results, since, hours, len(answers))


def proposed_for(item: Item) -> int:
    """What the engine says of a line: by its lead's score; a fixed slot of today asks for today whatever it earns."""
    scored = item.lead.proposed if item.lead else None
    proposed = item.priority if scored is None else scored
    if item.late is not None or item.soon:
        return min(proposed, Priority.TODAY)
    return proposed


def _fitted(
    waiting: Sequence[Item], answered: Sequence[Item], answers: dict[UUID, str], hours: timedelta
) -> list[Proposal]:
    """In the order of the day until its hours are used, by what was taken first; slots and priority 0 always fit."""
    made, used = [], timedelta()
    for item in (*answered, *waiting):
        said = _said(item, answers)
        minutes = item.action.minutes if item.action else LEAD_MINUTES
        used += timedelta(minutes=0 if said == Answer.DROPPED else minutes)
        fits = used <= hours or item.slot_at is not None or item.priority == Priority.NOW
        made.append(Proposal(item, proposed_for(item), minutes, fits, said))
    return [*made[len(answered) :], *made[: len(answered)]]


def _said(item: Item, answers: dict[UUID, str]) -> str:
    """The answer to an action, or to the lead that it was made for this morning."""
    own = answers.get(item.id, "") if item.id else ""
    return own or (answers.get(item.lead.pk, "") if item.lead else "")


def _answers(owner: User, at: datetime) -> dict[UUID, str]:
    """By the id of the action or of the lead, whichever was answered."""
    rows = MorningAnswer.objects.filter(owner=owner, day=day_of_ritual(owner, at))
    said = rows.values_list("action_id", "lead_id", "answer")
    return {lead if action is None else action: answer for action, lead, answer in said}


def _last_working_day(calendar: WorkingCalendar, start: datetime) -> datetime:
    """Midnight of the working day before; after a long holiday as far as ten days back."""
    for back in range(1, LOOK_BACK_DAYS):
        moment = (start - back * DAY + timedelta(hours=2)).astimezone(calendar.zone)
        if calendar.is_working_day(moment.date()):
            return moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return start - LOOK_BACK_DAYS * DAY
