"""Ringing the bell, and reading it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.models import User
from jobs import services as jobs
from jobs.registry import JobRun
from leads.events import LeadAssigned, NextStepPlanned
from leads.models import Lead
from notifications.models import Notice, NoticeKind

AHEAD = timedelta(minutes=15)
STEP_JOB = "remind_step"


def notify(
    *,
    user_id: UUID,
    kind: str,
    key: str,
    at: datetime,
    lead_id: UUID | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Put a line into somebody's bell; the same ``key`` again changes nothing."""
    row = Notice(user_id=user_id, kind=kind, key=key[:200], lead_id=lead_id, facts=facts or {}, at=at)
    Notice.objects.bulk_create([row], ignore_conflicts=True)


def mark_read(*, user: User, at: datetime, ids: list[UUID] | None = None) -> int:
    """Mark one's own lines as read (all of them without ``ids``). Returns how many changed."""
    rows = Notice.objects.filter(user=user, read_at__isnull=True)
    return (rows if ids is None else rows.filter(pk__in=ids)).update(read_at=at)


def _step_key(lead_id: UUID, step_at: datetime) -> str:
    """One moment has one key, in whatever time zone it was written."""
    return f"{STEP_JOB}:{lead_id}:{step_at.astimezone(UTC).isoformat()}"


def on_step_planned(event: NextStepPlanned) -> None:
    """Owe a reminder a little before the step; the one for the step it replaces is owed no longer.

    A step that comes in overdue (from a file, from another system) rings nobody: it stands under «Просрочено».
    """
    if event.previous_at is not None:
        jobs.forget([_step_key(event.lead_id, event.previous_at)])
    if event.step_at is None or event.step_at < event.at:
        return
    payload = {"lead": str(event.lead_id), "step_at": event.step_at.isoformat()}
    due = max(event.at, event.step_at - AHEAD)
    jobs.owe([jobs.Duty(STEP_JOB, _step_key(event.lead_id, event.step_at), payload, due)])


def remind_step(run: JobRun) -> None:
    """The job: rings at the owner of today, and only while the step still stands."""
    step_at = datetime.fromisoformat(run.payload["step_at"])
    lead = Lead.objects.open().filter(pk=run.payload["lead"], next_action_at=step_at).first()
    if lead is None or lead.owner_id is None:
        return
    notify(
        user_id=lead.owner_id,
        kind=NoticeKind.STEP_DUE,
        key=_step_key(lead.pk, step_at),
        at=max(lead.updated_at, step_at - AHEAD),
        lead_id=lead.pk,
        facts={"step": lead.next_action, "step_at": run.payload["step_at"]},
    )


def on_assigned(event: LeadAssigned) -> None:
    """Tell the new owner, unless he took the lead himself."""
    if event.owner_id is None or event.owner_id == event.by_id:
        return
    key = f"assigned:{event.lead_id}:{event.owner_id}:{event.at.isoformat()}"
    notify(user_id=event.owner_id, kind=NoticeKind.LEAD_ASSIGNED, key=key, at=event.at, lead_id=event.lead_id)
