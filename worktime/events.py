"""What happens to working time, for those that must hear of it (``salescrm.subscriptions``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class HoursChanged(Event):
    """A person works other hours now. ``before`` are the old columns as they go into JSON; ``version`` is the
    schedule's new one, so that every change has a name of its own."""

    user_id: UUID
    version: int
    before: Mapping[str, Any]
