"""What happens with calls, for those that must hear of it (``salescrm.subscriptions``)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class CallLogged(Event):
    """A call was written down for the first time. No number and no name: this goes outside."""

    call_id: UUID
    lead_id: UUID | None
    party_id: UUID | None
    owner_id: UUID | None
    direction: str
    result: str
    duration_seconds: int
    by_id: UUID
    at: datetime
