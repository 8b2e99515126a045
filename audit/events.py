"""What the audit tells other rooms."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class UnusualViewing(Event):
    """Somebody opened more different cards in an hour than the bank finds usual."""

    user_id: UUID
    cards: int
    at: datetime
    since: datetime
