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


@dataclass(frozen=True, slots=True)
class SecondFactorTaken(Event):
    """An administrator took away a colleague's second factor."""

    user_id: UUID
    by_id: UUID
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PasswordForgotten(Event):
    """Somebody asked for a new password of an open account. The link is made when the letter is written."""

    user_id: UUID
    at: datetime
