"""What happens to requests to the lawyers, for those that must hear of it (``salescrm.subscriptions``)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class LegalAnswered(Event):
    request_id: UUID
    lead_id: UUID
    owner_id: UUID | None
    """Whom it concerns: the owner of the lead, else whoever asked."""
    question: str
    by_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class LegalDue(Event):
    """The day of the answer has come; ``late`` once it has passed."""

    request_id: UUID
    lead_id: UUID
    owner_id: UUID | None
    question: str
    due_on: date
    late: bool
    at: datetime
