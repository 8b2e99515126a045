"""Who stands behind a change that nobody's request makes: a job carries its initiator, a command its name."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pghistory

from jobs.registry import Again, JobRun, Kind, Work
from jobs.services import ORIGIN


def attributed(kinds: Mapping[str, Kind]) -> Mapping[str, Kind]:
    """The same kinds of job, whose changes name the job and, where a person's request owed it, him and the request.

    A handler that knows better whose deed it does says so itself: its words take the place of these.
    """
    return {name: replace(kind, work=_named(name, kind.work)) for name, kind in kinds.items()}


def _named(name: str, work: Work) -> Work:
    def told(run: JobRun) -> Again | None:
        with job_context(name, run):
            return work(run)

    return told


def job_context(name: str, run: JobRun) -> AbstractContextManager[Any]:
    context: AbstractContextManager[Any] = pghistory.context(
        job=name, job_id=str(run.job_id), **run.payload.get(ORIGIN, {})
    )
    return context


def command_context(name: str) -> AbstractContextManager[Any]:
    """For one run of a management command. Long-running ones must not be in one: each of their deeds has its own."""
    context: AbstractContextManager[Any] = pghistory.context(command=name)
    return context
