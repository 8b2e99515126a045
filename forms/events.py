"""What happens at forms, for those that must hear of it (``salescrm.subscriptions``)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class CameAgain(Event):
    """Somebody known sent a form once more. ``owner_id`` is who works with him."""

    submission_id: UUID
    party_id: UUID
    party_kind: str
    lead_id: UUID | None
    owner_id: UUID | None
    form: str
    at: datetime
