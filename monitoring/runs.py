"""What ran, when, how long and with what result: written down by the workers themselves."""

import logging
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from channels import quarantine
from common import clock
from jobs.registry import Again, JobRun, Kind, Work
from monitoring.models import RunKind, TaskRun

log = logging.getLogger(__name__)
KEPT = timedelta(days=3)
HELD_SECONDS = 60.0
_BATCH = 5000


@dataclass
class Tally:
    """What this process did of one kind since it last wrote it down."""

    started_at: datetime
    seconds: float = 0.0
    done: int = 0
    failed: int = 0
    error: str = ""

    def add(self, seconds: float, error: str) -> None:
        self.seconds = max(self.seconds, seconds)
        self.done += not error
        self.failed += bool(error)
        self.error = error or self.error


@dataclass
class Notes:
    """Counted in memory and written with the next tick: a row for every job would double the work."""

    _tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, name: str, *, started_at: datetime, seconds: float, error: str = "") -> None:
        with self._lock:
            tally = self._tallies.setdefault((kind, name), Tally(started_at))
            tally.add(seconds, error)
            tally.started_at = started_at

    def take(self) -> list[TaskRun]:
        with self._lock:
            found, self._tallies = self._tallies, {}
        return [
            TaskRun(
                kind=kind, name=name, started_at=tally.started_at, seconds=tally.seconds, done=tally.done,
                failed=tally.failed, error=tally.error[:120],
            )
            for (kind, name), tally in found.items()
        ]  # fmt: skip


notes = Notes()


def write() -> None:
    """A figure that cannot be written is lost, and nothing else with it."""
    rows = notes.take()
    if not rows:
        return
    try:
        TaskRun.objects.bulk_create(rows)
    except (DatabaseError, InterfaceError) as error:
        log.warning("Runs were not written down: %s", type(error).__name__)
        connection.close_if_unusable_or_obsolete()


def watched(kinds: Mapping[str, Kind], *, leaving: frozenset[str]) -> dict[str, Kind]:
    """The table of jobs with a clock beside each. Those in ``leaving`` carry something out of the house: in a restored
    copy they wait, their attempts forgiven."""
    return {
        name: replace(kind, work=_timed(name, _held(kind.work) if name in leaving else kind.work))
        for name, kind in kinds.items()
    }


def _held(work: Work) -> Work:
    def held(run: JobRun) -> Again | None:
        return Again(HELD_SECONDS) if quarantine.state().quarantined else work(run)

    return held


def _timed(name: str, work: Work) -> Work:
    def timed(run: JobRun) -> Again | None:
        started_at, began, error = clock.now(), time.perf_counter(), ""
        try:
            return work(run)
        except Exception as trouble:
            error = type(trouble).__name__
            raise
        finally:
            notes.add(RunKind.JOB, name, started_at=started_at, seconds=time.perf_counter() - began, error=error)

    return timed


_under_way: dict[str, tuple[datetime, float]] = {}


def on_task_start(task_id: str = "", **_: Any) -> None:
    """Celery's signal before a task."""
    _under_way[task_id] = (clock.now(), time.perf_counter())


def on_task_end(task_id: str = "", task: Any = None, state: str | None = None, retval: Any = None, **_: Any) -> None:
    """Celery's signal after a task: the ticks of the timetable are all of them."""
    began = _under_way.pop(task_id, None)
    if began is None or os.environ.get("CRM_PROCESS") != "worker":
        return
    error = "" if state == "SUCCESS" else type(retval).__name__ if isinstance(retval, BaseException) else str(state)
    notes.add(RunKind.TICK, task.name, started_at=began[0], seconds=time.perf_counter() - began[1], error=error)
    write()


def sweep(*, before: datetime) -> int:
    """Delete what ran before a moment, in batches. Returns how many."""
    total = 0
    while ids := list(TaskRun.objects.filter(started_at__lt=before).values_list("pk", flat=True)[:_BATCH]):
        total += TaskRun.objects.filter(pk__in=ids).delete()[0]
    return total
