"""Owing a duty, leasing it, finishing it. Leases use the database's clock, never a worker's."""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from pghistory import runtime

from common import clock
from common.tracing import working_on
from jobs.models import Job, JobState
from jobs.registry import Again, JobRun, kind_of

log = logging.getLogger(__name__)
LEASE_SECONDS = 45
ORIGIN = "_origin"
"""The key of a payload under which its initiator stands."""
SOON = timedelta(seconds=5)
"""The period of beat's tick (``salescrm.timetable``): what is due later is found by a tick without a hint."""
BACKOFF = (5, 15, 60, 300, 900, 3600, 3600)

_LEASE = """
UPDATE jobs_job SET state = 'leased', lease_token = %s, attempts = attempts + 1,
       lease_until = now() + make_interval(secs => %s)
 WHERE id = (SELECT id FROM jobs_job
              WHERE (state = 'ready' AND due_at <= now()) OR (state = 'leased' AND lease_until < now())
              ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, payload, attempts
"""


class LeaseLost(Exception):
    """Another worker owns the job by now; the effect of this run must be rolled back."""


@dataclass(frozen=True, slots=True)
class Duty:
    """What is owed: at most one of a ``dedupe_key``, to be done not before ``due_at``."""

    kind: str
    dedupe_key: str
    payload: dict[str, Any]
    due_at: datetime


def owe(duties: Iterable[Duty]) -> None:
    """Write the duties in the caller's transaction; once it commits, wake a worker for what is due by then."""
    told = _origin()
    rows = [Job(kind=d.kind, dedupe_key=d.dedupe_key, payload=d.payload | told, due_at=d.due_at) for d in duties]
    if rows:
        Job.objects.bulk_create(rows, ignore_conflicts=True)
        if min(row.due_at for row in rows) <= clock.now() + SOON:
            _wake_once_committed()


def _origin() -> dict[str, Any]:
    """Whose request owes the duty, for the audit of what the job will change; nothing outside of a writing request."""
    context = getattr(runtime._tracker, "value", None)
    known = context.metadata if context else {}
    told = {name: known[name] for name in ("user", "request_id") if known.get(name)}
    return {ORIGIN: told} if told else {}


def _wake_once_committed() -> None:
    """One hint a transaction, however many duties it owes: a batch of ten thousand must not flood the broker."""
    if not any(hook is wake for _savepoints, hook, _robust in transaction.get_connection().run_on_commit):
        transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Ask a worker to look now. A lost hint costs the seconds until beat's next tick, never the duty."""
    from jobs.tasks import drain

    try:
        drain.apply_async(expires=30)
    except Exception as error:
        log.warning("Could not wake a worker: %s", type(error).__name__)


def lease_one() -> tuple[str, JobRun] | None:
    """Claim the job that is due longest, or one whose worker died; None when there is nothing to do."""
    token = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, [token, LEASE_SECONDS])
        row = cursor.fetchone()
    if row is None:
        return None
    job_id, kind, payload, attempts = row
    return kind, JobRun(job_id=job_id, payload=json.loads(payload), lease_token=token, attempts=attempts)


def renew(run: JobRun) -> None:
    """Keep a long job. Raises LeaseLost where the lease ran out and somebody else took it."""
    if not _mine(run).update(lease_until=Now() + timedelta(seconds=LEASE_SECONDS)):
        raise LeaseLost(str(run.job_id))


def run_one() -> bool:
    """Lease a job and work it off; False when nothing was due."""
    leased = lease_one()
    if leased is None:
        return False
    kind, run = leased
    asked_by = run.payload.get(ORIGIN, {}).get("request_id", "")
    try:
        with working_on(run.job_id, asked_by=asked_by):
            _take_on(kind, run)
    except (SystemExit, KeyboardInterrupt):
        _hand_back(run)
        raise
    return True


def _take_on(kind: str, run: JobRun) -> None:
    if run.attempts > _limit(kind):
        _park(kind, run)
        return
    try:
        _work(kind, run)
    except LeaseLost:
        log.warning("Lease of %s was lost; its effect is rolled back", kind)
    except Exception as error:
        log.exception("Job %s failed", kind)
        _failed(kind, run, error)


def _work(kind: str, run: JobRun) -> None:
    handler = kind_of(kind)
    if handler.atomic:
        with transaction.atomic():
            _finish(run, handler.work(run))
    else:
        _finish(run, handler.work(run))


def _finish(run: JobRun, answer: Again | None) -> None:
    if answer is None:
        changes: dict[str, Any] = {"state": JobState.DONE, "done_at": Now(), "last_error": ""}
    else:
        changes = {"state": JobState.READY, "due_at": Now() + timedelta(seconds=answer.seconds), "attempts": 0}
    if not _mine(run).update(lease_token=None, lease_until=None, **changes):
        raise LeaseLost(str(run.job_id))


def _failed(kind: str, run: JobRun, error: Exception) -> None:
    """Try again later with growing pauses; after the last attempt park the job where an operator sees it."""
    pause = BACKOFF[min(run.attempts, len(BACKOFF)) - 1]
    state = JobState.DEAD if run.attempts >= _limit(kind) else JobState.READY
    _mine(run).update(
        state=state,
        due_at=Now() + timedelta(seconds=pause),
        lease_token=None,
        lease_until=None,
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )


def _hand_back(run: JobRun) -> None:
    """Let another worker have it at once: this one was asked to stop in the middle, which is no failed attempt.

    What the handler wrote was rolled back on the way here.
    """
    connection.close_if_unusable_or_obsolete()
    _mine(run).update(state=JobState.READY, lease_token=None, lease_until=None, attempts=F("attempts") - 1)


def _limit(kind: str) -> int:
    """How often a job of this kind is tried; never, where nobody handles it."""
    try:
        return kind_of(kind).max_attempts
    except KeyError:
        return 0


def _park(kind: str, run: JobRun) -> None:
    """Nobody handles it, or it took its worker down each time before a failure could be written down."""
    log.error("Job %s is parked after %s attempts", kind, run.attempts - 1)
    reason = "The worker died at every attempt" if _limit(kind) else f"No handler for {kind}"
    _mine(run).update(state=JobState.DEAD, lease_token=None, lease_until=None, last_error=reason)


def _mine(run: JobRun) -> Any:
    return Job.objects.filter(pk=run.job_id, lease_token=run.lease_token, state=JobState.LEASED)


def sweep(*, before: datetime, batch: int = 5000) -> int:
    """Delete jobs done before a moment, in batches, so that the queue's indexes stay small. Returns how many."""
    total = 0
    while True:
        ids = list(Job.objects.filter(state=JobState.DONE, done_at__lt=before).values_list("pk", flat=True)[:batch])
        if not ids:
            return total
        total += Job.objects.filter(pk__in=ids).delete()[0]


def oldest_due_seconds() -> float:
    """Age of the job that is due longest, in seconds; 0 when none waits. The one number to alarm on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) FROM jobs_job "
            "WHERE state = 'ready' AND due_at <= now()"
        )
        return float(cursor.fetchone()[0])


def forget(dedupe_keys: Iterable[str]) -> None:
    """Drop duties that are no longer owed (a step was moved); running ones check for themselves."""
    Job.objects.filter(dedupe_key__in=list(dedupe_keys), state=JobState.READY).delete()
