"""Kinds of job and their handlers: the table stands in ``salescrm.subscriptions``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Work = Callable[["JobRun"], "Again | None"]


@dataclass(frozen=True, slots=True)
class JobRun:
    """What a handler gets: the payload (ids only) and the lease by which a long handler may renew itself."""

    job_id: UUID
    payload: dict[str, Any]
    lease_token: UUID
    attempts: int


@dataclass(frozen=True, slots=True)
class Again:
    """A handler's answer «not finished»: the job goes back to the queue, its attempts forgiven, and is due again after
    so many seconds."""

    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """``atomic``: effect and «done» share one transaction (exactly once inside the database).

    A handler that is not atomic manages its own transactions and checkpoints; it may be run again after a kill.
    """

    work: Work
    atomic: bool = True
    max_attempts: int = 8


_kinds: Mapping[str, Kind] = {}


def install(kinds: Mapping[str, Kind]) -> None:
    global _kinds  # noqa: PLW0603 - one table per process, set once at start
    _kinds = kinds


def kind_of(name: str) -> Kind:
    """Raises KeyError for a kind nobody handles; the job is then parked as dead."""
    return _kinds[name]


def kinds() -> Mapping[str, Kind]:
    """The whole table."""
    return _kinds
