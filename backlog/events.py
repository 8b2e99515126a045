"""What happens in the backlog, for those that must hear of it (``salescrm.subscriptions``)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class ActionPlanned(Event):
    """An action came in or its due moment, slot or owner changed; ``None`` for both when it is no longer open.
    ``stale`` are the moments that were announced before and hold no longer."""

    action_id: UUID
    owner_id: UUID
    due_at: datetime | None
    slot_at: datetime | None
    stale: tuple[datetime, ...]
    by_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ActionDone(Event):
    action_id: UUID
    lead_id: UUID | None
    owner_id: UUID
    outcome: str
    by_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ResultUndone(Event):
    action_id: UUID
    lead_id: UUID | None
    owner_id: UUID
    by_id: UUID
    at: datetime
