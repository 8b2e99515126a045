"""What happens to tokens, for those that must hear of it (``salescrm.subscriptions``)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class TokenExpiring(Event):
    """A token ends within ``days``; said once for each of the warnings."""

    token_id: UUID
    account_id: UUID
    account: str
    key: str
    expires_at: datetime
    days: int
    people: tuple[UUID, ...]
    """Whom it concerns: the administrators and whoever made it."""
    at: datetime
