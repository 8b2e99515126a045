"""What happens in outreach, for those that must hear of it (``salescrm.subscriptions``)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class ReplyReceived(Event):
    """Somebody known wrote back. ``owner_id`` is who should answer; «стоп» is no reply but an opt-out."""

    reply_id: UUID
    party_id: UUID
    party_name: str
    lead_id: UUID | None
    owner_id: UUID
    text: str
    at: datetime
