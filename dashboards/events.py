"""What this room says to others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class WeekReported(Event):
    """A person's Monday has come: whoever tells people things may ask ``dashboards.weekly`` for his figures."""

    user_id: UUID
    at: datetime
