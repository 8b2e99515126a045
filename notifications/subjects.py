"""What reminders are about, asked at the moment of ringing: does it still stand, whose is it today, what to say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from backlog.models import Action
from leads.choices import MeetingStatus, Outcome
from leads.facts import promises_with_verdict
from leads.models import Lead, Meeting, ValuePromise
from notifications import chains
from notifications.choices import NoticeKind, ReminderKind
from worktime.selectors import calendar_of

OPEN_LEAD = {"lead__outcome": Outcome.OPEN}


@dataclass(frozen=True, slots=True)
class Subject:
    """``facts`` are what its notices carry; ``moment`` is what the reminder is for."""

    id: UUID
    moment: datetime
    user: User
    chain: chains.Chain
    lead_id: UUID | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def step(lead_id: UUID, moment: datetime) -> Subject | None:
    lead = Lead.objects.open().filter(pk=lead_id, next_action_at=moment).select_related("owner").first()
    if lead is None or lead.owner is None:
        return None
    facts = {"step": lead.next_action, "step_at": moment.isoformat()}
    return Subject(lead.pk, moment, lead.owner, chains.of_step(moment), lead.pk, facts)


def action(action_id: UUID, moment: datetime) -> Subject | None:
    """Due at this moment; an idea outside the weeks is never late."""
    row = _action(action_id, due_at=moment, sprint__isnull=False)
    return _of_action(row, moment, chains.of_action(moment)) if row else None


def slot(action_id: UUID, moment: datetime) -> Subject | None:
    row = _action(action_id, slot_at=moment)
    return _of_action(row, moment, chains.of_slot(moment)) if row else None


def _action(action_id: UUID, **conditions: Any) -> Action | None:
    rows = Action.objects.open().filter(pk=action_id, **conditions).select_related("owner")
    found: Action | None = rows.first()
    return found


def _of_action(row: Action, moment: datetime, chain: chains.Chain) -> Subject:
    facts = {"step": row.title, "step_at": moment.isoformat(), "action": str(row.pk)}
    return Subject(row.pk, moment, row.owner, chain, row.lead_id, facts)


def meeting(meeting_id: UUID, moment: datetime) -> Subject | None:
    rows = Meeting.objects.filter(pk=meeting_id, planned_at=moment, status=MeetingStatus.PLANNED, **OPEN_LEAD)
    return _of_meeting(rows.select_related("lead__owner").first())


def promise(promise_id: UUID, moment: datetime) -> Subject | None:
    """Not once what was measured is as good as promised."""
    rows = promises_with_verdict().filter(pk=promise_id, due_on=moment.date(), met=False, **OPEN_LEAD)
    return _of_promise(rows.select_related("lead__owner").first())


def of_lead(lead_id: UUID, at: datetime) -> list[Subject]:
    """Its meetings ahead and its promises not yet kept: what follows the day of whoever owns the lead."""
    ahead = Meeting.objects.filter(lead=lead_id, planned_at__gt=at, status=MeetingStatus.PLANNED, **OPEN_LEAD)
    unkept = promises_with_verdict().filter(lead=lead_id, due_on__gte=at.date(), met=False, **OPEN_LEAD)
    found = [_of_meeting(row) for row in ahead.select_related("lead__owner")]
    found += [_of_promise(row) for row in unkept.select_related("lead__owner")]
    return [subject for subject in found if subject]


def _of_meeting(row: Meeting | None) -> Subject | None:
    if row is None or row.lead.owner is None:
        return None
    chain = chains.of_meeting(row.planned_at, calendar_of(row.lead.owner))
    facts = {"meeting": row.kind, "step_at": row.planned_at.isoformat()}
    return Subject(row.pk, row.planned_at, row.lead.owner, chain, row.lead_id, facts)


def _of_promise(row: ValuePromise | None) -> Subject | None:
    if row is None or row.lead.owner is None:
        return None
    chain = chains.of_promise(row.due_on, calendar_of(row.lead.owner))
    facts = {"metric": row.metric, "due_on": row.due_on.isoformat()}
    return Subject(row.pk, chains.moment_of_day(row.due_on), row.lead.owner, chain, row.lead_id, facts)


Lookup = Callable[[UUID, datetime], Subject | None]
KINDS: Mapping[str, tuple[Lookup, NoticeKind]] = {
    ReminderKind.STEP: (step, NoticeKind.STEP_DUE),
    ReminderKind.STEP_OVERDUE: (step, NoticeKind.OVERDUE),
    ReminderKind.ACTION: (action, NoticeKind.ACTION_DUE),
    ReminderKind.ACTION_OVERDUE: (action, NoticeKind.OVERDUE),
    ReminderKind.SLOT: (slot, NoticeKind.SLOT),
    ReminderKind.MEETING_EVE: (meeting, NoticeKind.MEETING),
    ReminderKind.MEETING_SOON: (meeting, NoticeKind.MEETING),
    ReminderKind.PROMISE_AHEAD: (promise, NoticeKind.PROMISE),
    ReminderKind.PROMISE_DAY: (promise, NoticeKind.PROMISE),
}
FOLLOWS_THE_DAY = frozenset(
    {ReminderKind.MEETING_EVE, ReminderKind.MEETING_SOON, ReminderKind.PROMISE_AHEAD, ReminderKind.PROMISE_DAY}
)
