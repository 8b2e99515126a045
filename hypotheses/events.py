"""What happens to hypotheses."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class VerdictReady(Event):
    """The rule said its first final word on a running test."""

    hypothesis_id: UUID
    owner_id: UUID
    word: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HypothesisDecided(Event):
    """A person closed a test with a verdict."""

    hypothesis_id: UUID
    decision: str
    by_id: UUID
    at: datetime
