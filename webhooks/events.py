"""What happens to endpoints, for those that must hear of it (``salescrm.subscriptions``)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class EndpointStopped(Event):
    """The relay gave an endpoint up. ``owner_id`` is who asked to be told, if anybody."""

    endpoint_id: UUID
    host: str
    owner_id: UUID | None
    why: str
    at: datetime
