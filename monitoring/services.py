"""What an administrator may do to the machinery. Every deed is harmless to repeat and leaves a row of who did it."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.access import demand_administrator
from accounts.models import User
from channels import quarantine
from common.errors import Invalid, Refused
from jobs.models import Job, JobState
from jobs.registry import JobRun
from jobs.services import Duty, owe, wake
from monitoring.board import dead_jobs, schedule
from monitoring.models import Deed, DeedKind

RUN_JOB = "run_tick"
DRAIN = "jobs.tasks.drain"


class NothingThere(Refused):
    """Somebody was quicker, or the kind has nothing given up."""

    code: ClassVar[str] = "nothing_given_up"
    status: ClassVar[int] = 409


@transaction.atomic
def run_now(*, by: User, name: str, at: datetime) -> None:
    """Owe a run of a task of the timetable; pressed again within the minute it is the same run.

    Raises NotAllowed; Invalid for a task that the timetable does not know.
    """
    demand_administrator(by)
    about = schedule().get(name)
    if about is None:
        raise Invalid(_("Такой задачи нет в расписании."))
    Deed.objects.create(kind=DeedKind.RUN, by=by, at=at, subject=name)
    if about["task"] == DRAIN:
        transaction.on_commit(wake, robust=True)
        return
    owe([Duty(RUN_JOB, f"{RUN_JOB}:{name}:{at:%Y-%m-%dT%H:%M}", {"task": about["task"]}, at)])


def run_tick(run: JobRun) -> None:
    """The job's handler: the task itself, in this worker. Ticks are harmless to repeat, so this is too."""
    current_app.tasks[run.payload["task"]]()


def retry(*, by: User, at: datetime, job_id: UUID | None = None, kind: str = "") -> int:
    """Try one job that was given up, or all of a kind, once more from the beginning. Returns how many.

    Raises NotAllowed, NothingThere.
    """
    changes: dict[str, Any] = {"state": JobState.READY, "attempts": 0, "due_at": Now(), "lease_token": None}
    return _settle(DeedKind.RETRY, by=by, at=at, job_id=job_id, kind=kind, changes=changes | {"lease_until": None})


def cancel(*, by: User, at: datetime, job_id: UUID | None = None, kind: str = "") -> int:
    """Drop one job that was given up, or all of a kind: it counts as done, with its error kept. Returns how many.

    Raises NotAllowed, NothingThere.
    """
    changes: dict[str, Any] = {"state": JobState.DONE, "done_at": at}
    return _settle(DeedKind.CANCEL, by=by, at=at, job_id=job_id, kind=kind, changes=changes)


@transaction.atomic
def _settle(deed: DeedKind, *, by: User, at: datetime, job_id: UUID | None, kind: str, changes: dict[str, Any]) -> int:
    demand_administrator(by)
    rows: QuerySet[Job] = dead_jobs(by, kind=kind)
    if job_id is not None:
        rows = rows.filter(pk=job_id)
    elif not kind:
        raise NothingThere(_("Выберите задание или вид заданий."))
    found = list(rows.order_by("pk").select_for_update().values_list("pk", "kind"))
    # A conditional update: of two who press at once one changes the rows.
    changed = Job.objects.filter(pk__in=[pk for pk, _kind in found], state=JobState.DEAD).update(**changes)
    if not changed:
        raise NothingThere(_("Здесь уже нечего повторять: задание выполнено или снято."))
    Deed.objects.create(kind=deed, by=by, at=at, subject=found[0][1], job_id=job_id, count=changed)
    if deed is DeedKind.RETRY:
        transaction.on_commit(wake, robust=True)
    return changed


@transaction.atomic
def release_quarantine(*, by: User, at: datetime) -> None:
    """From now on this copy is the bank's system. Raises NotAllowed; where there is no quarantine nothing changes."""
    demand_administrator(by)
    if quarantine.state().quarantined:
        quarantine.release()
        Deed.objects.create(kind=DeedKind.RELEASE, by=by, at=at)
