"""The board of jobs: what runs by itself, how it went, what lies there and what was given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Sum

from accounts.access import demand_settings
from accounts.models import User
from jobs.models import Job, JobState
from jobs.registry import kinds
from monitoring import heartbeats, words
from monitoring.models import RunKind, TaskRun

_LATEST = """
SELECT DISTINCT ON (name) id, name, started_at, seconds, done, failed, error
  FROM monitoring_taskrun WHERE kind = %s ORDER BY name, started_at DESC
"""
# A state at a time, as the indexes are by state: fourteen days of done jobs are not read.
_LYING = """
SELECT kind, count(*) FILTER (WHERE state <> 'dead'), count(*) FILTER (WHERE state = 'ready' AND attempts > 0),
       count(*) FILTER (WHERE state = 'dead')
  FROM (SELECT kind, state, attempts FROM jobs_job WHERE state = 'ready'
         UNION ALL SELECT kind, state, attempts FROM jobs_job WHERE state = 'leased'
         UNION ALL SELECT kind, state, attempts FROM jobs_job WHERE state = 'dead') lying
 GROUP BY kind
"""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the timetable. ``next_at`` is None for one that has never run: it does within its period."""

    name: str
    title: str
    seconds: float
    last: TaskRun | None
    next_at: datetime | None
    failed: int

    @property
    def troubled(self) -> bool:
        """Failed within a day, or when it ran last."""
        return bool(self.failed or (self.last and self.last.failed))


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind of job: what lies there now, what was done within a day."""

    name: str
    title: str
    last: TaskRun | None
    done: int
    failed: int
    waiting: int
    retried: int
    dead: int

    @property
    def troubled(self) -> bool:
        """Failed within a day, will be tried again, or was given up."""
        return bool(self.failed or self.retried or self.dead)


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    title: str
    seen_at: datetime | None
    late: bool


def ticks(by: User, *, at: datetime) -> list[Tick]:
    """Raises NotAllowed."""
    demand_settings(by)
    latest, totals = _latest(RunKind.TICK), _totals(RunKind.TICK, at)
    return [_tick(name, about, latest, totals) for name, about in schedule().items()]


def _tick(name: str, about: Mapping[str, Any], latest: Mapping[str, TaskRun], totals: Mapping[str, Any]) -> Tick:
    task, seconds = str(about["task"]), float(about["schedule"])
    last = latest.get(task)
    return Tick(
        name, words.of_tick(name), seconds, last, last.started_at + timedelta(seconds=seconds) if last else None,
        totals.get(task, (0, 0))[1],
    )  # fmt: skip


def kind_lines(by: User, *, at: datetime) -> list[KindLine]:
    """Raises NotAllowed. Kinds that nobody handles any more show as long as jobs of them lie there."""
    demand_settings(by)
    latest, totals, lying = _latest(RunKind.JOB), _totals(RunKind.JOB, at), _lying()
    return [
        KindLine(
            name, words.of_kind(name), latest.get(name), *totals.get(name, (0, 0)), **lying.get(name, _NOTHING),
        )
        for name in dict.fromkeys([*kinds(), *sorted(lying)])
    ]  # fmt: skip


_NOTHING = {"waiting": 0, "retried": 0, "dead": 0}


def _lying() -> dict[str, dict[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_LYING)
        rows = cursor.fetchall()
    return {kind: {"waiting": waiting, "retried": retried, "dead": dead} for kind, waiting, retried, dead in rows}


def _latest(kind: str) -> dict[str, TaskRun]:
    return {run.name: run for run in TaskRun.objects.raw(_LATEST, [kind])}


def _totals(kind: str, at: datetime) -> dict[str, tuple[int, int]]:
    """Done and failed within a day."""
    rows = TaskRun.objects.filter(kind=kind, started_at__gte=at - timedelta(days=1)).values("name").order_by("name")
    found = rows.annotate(good=Sum("done"), bad=Sum("failed"))
    return {row["name"]: (row["good"], row["bad"]) for row in found}


def parts(by: User, *, at: datetime) -> list[Part]:
    """Raises NotAllowed."""
    demand_settings(by)
    return [
        Part(
            name, words.of_part(name), None if age is None else at - timedelta(seconds=age),
            heartbeats.is_late(name, age),
        )
        for name, age in heartbeats.ages(at=at).items()
    ]  # fmt: skip


def dead_jobs(by: User, *, kind: str = "") -> "QuerySet[Job]":
    """What was given up, the newest first. Raises NotAllowed."""
    demand_settings(by)
    rows = Job.objects.filter(state=JobState.DEAD)
    return (rows.filter(kind=kind) if kind else rows).order_by("-due_at", "pk")


def dead_count() -> int:
    return Job.objects.filter(state=JobState.DEAD).count()


def schedule() -> dict[str, dict[str, Any]]:
    """The timetable of the wiring."""
    return dict(settings.CELERY_BEAT_SCHEDULE)
