"""What happens to hypotheses."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class VerdictReady(Event):
    """The rule said its first final word on a running test."""

    hypothesis_id: UUID
    code: str
    owner_id: UUID
    at: datetime
