"""What happens to agents and clients, for those that must hear of it (``salescrm.subscriptions``)."""

from dataclasses import dataclass
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class PartiesAdded(Event):
    """New in the base, by hand or by the thousand."""

    agent_ids: tuple[UUID, ...]
    client_ids: tuple[UUID, ...]
    by_id: UUID


@dataclass(frozen=True, slots=True)
class PartyChanged(Event):
    """``fields`` are names only, ``kind`` is ``agent`` or ``client``."""

    party_id: UUID
    kind: str
    fields: tuple[str, ...]
    by_id: UUID
