"""What happens to imports, for those that must hear of it (``salescrm.subscriptions``)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class ImportFinished(Event):
    """A load came to its end: done, or failed on the way."""

    import_id: UUID
    owner_id: UUID
    file_name: str
    created: int
    refused: int
    at: datetime
