"""Kinds of job for the tests, and duties of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from common import clock
from jobs import registry, services
from jobs.models import Job
from jobs.registry import JobRun, Kind

PAST = timedelta(minutes=1)


@contextmanager
def kinds(**handlers: Kind) -> Iterator[None]:
    """Only these kinds, until the end of the block."""
    before = registry._kinds
    registry.install(handlers)
    try:
        yield
    finally:
        registry.install(before)


def owe(kind: str, key: str = "", *, late: timedelta = PAST, **payload: Any) -> Job:
    """A duty that is due by ``late`` (a negative one is not due yet)."""
    name = key or f"{kind}:{Job.objects.count()}"
    services.owe([services.Duty(kind, name, payload, clock.now() - late)])
    return Job.objects.get(dedupe_key=name)


def effect(name: str) -> Callable[[JobRun], None]:
    """A handler whose effect is a row that can be counted: another duty, far in the future."""

    def work(run: JobRun) -> None:
        Job.objects.create(
            kind=f"effect-{name}", dedupe_key=f"{name}:{clock.now().timestamp()}:{run.lease_token}",
            due_at=clock.now() + timedelta(days=300),
        )  # fmt: skip

    return work


def effects(name: str) -> int:
    return Job.objects.filter(kind=f"effect-{name}").count()


def lease_runs_out(job: Job) -> None:
    """The worker is silent for longer than its lease."""
    Job.objects.filter(pk=job.pk).update(lease_until=clock.now() - PAST)


def now_due(job: Job) -> None:
    """The pause before the next attempt is over."""
    Job.objects.filter(pk=job.pk).update(due_at=clock.now() - PAST)
