"""What happens to requests, for those that must hear of it (``salescrm.subscriptions``)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class ConsentAsked(Event):
    """``people`` may give it."""

    approval_id: UUID
    by_id: UUID
    by_name: str
    people: tuple[UUID, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentDecided(Event):
    approval_id: UUID
    asked_by_id: UUID
    by_id: UUID
    agreed: bool
    at: datetime
