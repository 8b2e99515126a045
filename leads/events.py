"""What happens to leads, for those that must hear of it (``salescrm.subscriptions``)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from common.events import Event


@dataclass(frozen=True, slots=True)
class LeadsTaken(Event):
    """New leads came in, by hand, file or API."""

    lead_ids: tuple[UUID, ...]
    by_id: UUID
    at: datetime
    origin: str


@dataclass(frozen=True, slots=True)
class LeadChanged(Event):
    """The lead's own facts; ``fields`` are names only."""

    lead_id: UUID
    fields: tuple[str, ...]
    by_id: UUID


@dataclass(frozen=True, slots=True)
class LeadsChanged(Event):
    """The same facts of several leads that came in together."""

    lead_ids: tuple[UUID, ...]
    fields: tuple[str, ...]
    by_id: UUID


@dataclass(frozen=True, slots=True)
class StageEntered(Event):
    lead_id: UUID
    owner_id: UUID | None
    from_code: str
    to_code: str
    by_id: UUID
    at: datetime
    back: bool


@dataclass(frozen=True, slots=True)
class LeadClosed(Event):
    lead_id: UUID
    owner_id: UUID | None
    outcome: str
    by_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class LeadReopened(Event):
    lead_id: UUID
    owner_id: UUID | None
    by_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class LeadMerged(Event):
    """``lead_id`` became part of ``into_id``."""

    lead_id: UUID
    into_id: UUID
    by_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class LeadUnmerged(Event):
    """``lead_id`` stands for itself again; it was part of ``into_id``."""

    lead_id: UUID
    into_id: UUID
    by_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class LeadAssigned(Event):
    lead_id: UUID
    owner_id: UUID | None
    previous_owner_id: UUID | None
    by_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class NextStepPlanned(Event):
    """``step_at`` is None when the step was taken away; ``previous_at`` is the one it replaces."""

    lead_id: UUID
    owner_id: UUID | None
    step_at: datetime | None
    previous_at: datetime | None
    by_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class MeetingPlanned(Event):
    """A meeting was appointed or moved; ``planned_at`` is None once it was held, missed or called off."""

    lead_id: UUID
    meeting_id: UUID
    planned_at: datetime | None
    by_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ContractSigned(Event):
    """The day of signing became known, or another day."""

    lead_id: UUID
    contract_id: UUID
    signed_on: date
    by_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ValuePromised(Event):
    lead_id: UUID
    promise_id: UUID
    due_on: date
    by_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ValueFellShort(Event):
    """What is measured falls short of the promise whose day has come. ``round`` names the measurement that said so,
    ``due`` where none was made in time; the same round is never told as news twice."""

    lead_id: UUID
    promise_id: UUID
    owner_id: UUID | None
    round: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ValueCaughtUp(Event):
    """A promise that fell short is kept after all."""

    lead_id: UUID
    promise_id: UUID
    owner_id: UUID | None
    at: datetime
