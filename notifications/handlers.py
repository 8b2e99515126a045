"""What the rooms below say, and what is planned or told because of it (``salescrm.subscriptions``)."""

from datetime import datetime
from uuid import UUID

from backlog.events import ActionPlanned
from leads.events import (
    LeadAssigned,
    LeadClosed,
    LeadReopened,
    MeetingPlanned,
    NextStepPlanned,
    ValueFellShort,
    ValuePromised,
)
from leads.models import ValuePromise
from notifications import chains, subjects
from notifications.choices import NoticeKind
from notifications.models import Reminder
from notifications.services.notices import notify
from notifications.services.reminders import cancel, cancel_of_lead, plan, plan_chain


def on_step_planned(event: NextStepPlanned) -> None:
    """Owe a reminder a little before the step; the one for the step it replaces is owed no longer.

    A step that comes in overdue (from a file, from another system) rings nobody: it stands under «Просрочено».
    Two statements a step and no look at the lead: a file brings thousands of them.
    """
    if event.previous_at is not None:
        cancel(subject_id=event.lead_id, moments=[event.previous_at])
    if event.step_at is None:
        return
    plan_chain(
        chain=chains.of_step(event.step_at), subject_id=event.lead_id, moment=event.step_at, at=event.at,
        user_id=event.owner_id, lead_id=event.lead_id,
    )  # fmt: skip


def on_action_planned(event: ActionPlanned) -> None:
    if event.due_at is None and event.slot_at is None:
        cancel(subject_id=event.action_id)
        return
    if event.stale:
        cancel(subject_id=event.action_id, moments=event.stale)
    for moment, chain in ((event.due_at, chains.of_action), (event.slot_at, chains.of_slot)):
        if moment is not None:
            plan_chain(
                chain=chain(moment), subject_id=event.action_id, moment=moment, at=event.at, user_id=event.owner_id
            )  # fmt: skip


def on_meeting_planned(event: MeetingPlanned) -> None:
    """Appointed, moved, held or called off: what was owed for it before is owed no longer."""
    cancel(subject_id=event.meeting_id)
    subject = subjects.meeting(event.meeting_id, event.planned_at) if event.planned_at else None
    if subject is not None:
        plan(subject=subject, at=event.at)


def on_value_promised(event: ValuePromised) -> None:
    subject = subjects.promise(event.promise_id, chains.moment_of_day(event.due_on))
    if subject is not None:
        plan(subject=subject, at=event.at)


def on_value_fell_short(event: ValueFellShort) -> None:
    """Told once a round: by whoever measured himself, or by the calendar."""
    promise = ValuePromise.objects.filter(pk=event.promise_id).first()
    if promise is None or event.owner_id is None:
        return
    facts = {"metric": promise.metric, "due_on": promise.due_on.isoformat(), "short": True}
    key = f"short:{event.promise_id}:{event.round}"
    notify(user_id=event.owner_id, kind=NoticeKind.PROMISE, key=key, at=event.at, lead_id=event.lead_id, facts=facts)


def on_assigned(event: LeadAssigned) -> None:
    """Tell the new owner, unless he took the lead himself; what follows a person's day now follows his."""
    waiting = Reminder.objects.filter(lead=event.lead_id, state="waiting", kind__in=subjects.FOLLOWS_THE_DAY)
    if event.previous_owner_id is None or waiting.exists():
        cancel_of_lead(lead_id=event.lead_id, kinds=subjects.FOLLOWS_THE_DAY)
        plan_of_lead(event.lead_id, event.at)
    if event.owner_id is None:
        return
    key = f"assigned:{event.lead_id}:{event.owner_id}:{event.at.isoformat()}"
    notify(
        user_id=event.owner_id, kind=NoticeKind.LEAD_ASSIGNED, key=key, at=event.at, lead_id=event.lead_id,
        by_id=event.by_id,
    )  # fmt: skip


def on_closed(event: LeadClosed) -> None:
    cancel_of_lead(lead_id=event.lead_id)


def on_reopened(event: LeadReopened) -> None:
    plan_of_lead(event.lead_id, event.at)


def plan_of_lead(lead_id: UUID, at: datetime) -> None:
    for subject in subjects.of_lead(lead_id, at):
        plan(subject=subject, at=at)
