"""On whose behalf this thread works: told in logs, by ids alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from common.middleware import request_id

person_id: ContextVar[str] = ContextVar("person_id", default="")
job_id: ContextVar[str] = ContextVar("job_id", default="")


@contextmanager
def working_on(job: object, *, asked_by: str) -> Iterator[None]:
    """A worker's lines carry the job's id and that of the request whose deed owes it."""
    tokens = job_id.set(str(job)), request_id.set(asked_by or "-")
    try:
        yield
    finally:
        job_id.reset(tokens[0])
        request_id.reset(tokens[1])


@contextmanager
def on_behalf_of(person: object) -> Iterator[None]:
    token = person_id.set(str(person))
    try:
        yield
    finally:
        person_id.reset(token)
