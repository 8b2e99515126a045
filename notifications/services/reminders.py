"""Planning, cancelling and ringing. A reminder is a row; the job that rings it is owed in the same transaction."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from common import clock
from common.ids import uuid7
from jobs import services as jobs
from jobs.registry import JobRun
from notifications import chains
from notifications.choices import ReminderState
from notifications.models import Reminder
from notifications.services.notices import notify
from notifications.subjects import KINDS, Subject

RING_JOB = "ring"

# One statement: what rang stays rung, what waits goes on waiting, what was cancelled is called back.
_PLAN = """
INSERT INTO notifications_reminder
       (id, kind, subject_id, moment, user_id, lead_id, due_at, wall_at, zone, state, round)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', 1)
    ON CONFLICT (kind, subject_id, moment) DO UPDATE
       SET state = 'waiting', round = notifications_reminder.round + 1, due_at = excluded.due_at,
           user_id = excluded.user_id, wall_at = excluded.wall_at, zone = excluded.zone
     WHERE notifications_reminder.state = 'cancelled'
RETURNING id, round
"""
_CANCEL = """
UPDATE notifications_reminder SET state = 'cancelled' WHERE state = 'waiting' AND {column} = %s{more}
RETURNING id, round
"""


def plan_chain(
    *,
    chain: chains.Chain,
    subject_id: UUID,
    moment: datetime,
    at: datetime,
    user_id: UUID | None,
    lead_id: UUID | None = None,
) -> None:
    """Let the first ring wait that is still ahead and has not rung yet: what came back to its old moment may have."""
    for ring in chains.ahead(chain, at, moment):
        if _waits(ring, subject_id, moment, user_id, lead_id):
            return


def plan(*, subject: Subject, at: datetime) -> None:
    plan_chain(
        chain=subject.chain, subject_id=subject.id, moment=subject.moment, at=at, user_id=subject.user.pk,
        lead_id=subject.lead_id,
    )  # fmt: skip


def _waits(ring: chains.Ring, subject_id: UUID, moment: datetime, user_id: UUID | None, lead_id: UUID | None) -> bool:
    """Write the reminder down and owe its ring; planned once already, it changes nothing. False when it rang."""
    values: list[Any] = [
        uuid7(), ring.kind.value, subject_id, moment, user_id, lead_id, ring.due_at, ring.wall_at, ring.zone,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PLAN, values)
        planned = cursor.fetchone()
    if planned is None:
        same = Reminder.objects.filter(kind=ring.kind, subject_id=subject_id, moment=moment)
        return same.filter(state=ReminderState.WAITING).exists()
    pk, number = planned
    jobs.owe([jobs.Duty(RING_JOB, _job_key(pk, number), {"reminder": str(pk), "round": number}, ring.due_at)])
    return True


def cancel(*, subject_id: UUID, moments: Iterable[datetime] | None = None) -> None:
    """What waits for this subject rings no more: all of it, or what was planned for these moments."""
    if moments is None:
        _cancel("subject_id", subject_id)
    else:
        _cancel("subject_id", subject_id, " AND moment = ANY(%s)", [list(moments)])


def cancel_of_lead(*, lead_id: UUID, kinds: Collection[str] | None = None) -> None:
    """What waits for anything of this lead rings no more."""
    if kinds is None:
        _cancel("lead_id", lead_id)
    else:
        _cancel("lead_id", lead_id, " AND kind = ANY(%s)", [[str(kind) for kind in kinds]])


def _cancel(column: str, pk: UUID, more: str = "", values: Sequence[Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CANCEL.format(column=column, more=more), [pk, *values])
        gone = cursor.fetchall()
    if gone:
        jobs.forget(_job_key(pk, number) for pk, number in gone)


def _job_key(pk: UUID, number: int) -> str:
    return f"{RING_JOB}:{pk}:{number}"


def ring_job(run: JobRun) -> None:
    """The job: one transaction with its own «done», so that a kill leaves either everything or nothing."""
    ring(reminder_id=UUID(run.payload["reminder"]), number=run.payload["round"], at=clock.now())


@transaction.atomic
def ring(*, reminder_id: UUID, number: int, at: datetime) -> None:
    """Ring at the owner of today while the subject stands as it was planned, and plan the ring that follows.

    Where the following one is due already (no worker ran for a while), only that one rings.
    """
    waiting = Reminder.objects.select_for_update(no_key=True).filter(state=ReminderState.WAITING)
    reminder = waiting.filter(pk=reminder_id, round=number).first()
    if reminder is None:
        return
    lookup, kind = KINDS[reminder.kind]
    subject = lookup(reminder.subject_id, reminder.moment)
    rings = subject is not None and subject.user.is_active
    state = ReminderState.DONE if rings else ReminderState.CANCELLED
    Reminder.objects.filter(pk=reminder.pk).update(state=state)
    if subject is None or not rings:
        return
    after = chains.following(subject.chain, reminder.kind)
    if after is not None:
        _waits(after, subject.id, subject.moment, subject.user.pk, subject.lead_id)
    if after is None or after.due_at > at:
        notify(
            user_id=subject.user.pk, kind=kind, key=notice_key(reminder), at=at, lead_id=subject.lead_id,
            facts=subject.facts,
        )  # fmt: skip


def notice_key(reminder: Reminder) -> str:
    """One moment has one key, in whatever time zone it was written."""
    return f"{reminder.kind}:{reminder.subject_id}:{reminder.moment.astimezone(UTC).isoformat()}"
