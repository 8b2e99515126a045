"""A lead as it arrives from a form, a file or a bank system, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from accounts.models import User
from agents.services.consents import ConsentDraft
from agents.services.parties import PartyDraft
from common.errors import FieldError, Refused
from leads.models import Lead


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """A stage that the lead entered elsewhere, before it came here.

    ``known`` are dimensions (segment_id, owner_id, team_id, ...) that were known from this step on: what was
    learnt only of the winners must not stand on the earlier steps, or conversion by it would be 100 %.
    """

    stage_code: str
    at: datetime
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeadDraft:
    """Give ``party`` to find or make him, or ``party_id`` of one that the caller may see.

    ``fields`` are the lead's own columns: segment_id, agent_id, initiative_id, utp_id, product_id,
    lead_generator_id, problem, resources, amount, currency, source_channel, base, tags, next_action, next_action_at.
    ``consents`` are written down on the party with the lead; those in force stay as they are.
    ``source_version`` numbers the other system's messages about this record: an older one than known is refused.
    """

    kind: str
    party: PartyDraft | None = None
    party_id: UUID | None = None
    owner: User | None = None
    source: str = ""
    external_id: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[HistoryStep, ...] = ()
    source_version: int | None = None
    consents: tuple[ConsentDraft, ...] = ()

    @property
    def pair(self) -> tuple[str, str]:
        return self.source, self.external_id


FIELDS = frozenset(
    {
        "segment_id",
        "agent_id",
        "initiative_id",
        "utp_id",
        "product_id",
        "lead_generator_id",
        "problem",
        "resources",
        "amount",
        "currency",
        "source_channel",
        "base",
        "tags",
        "next_action",
        "next_action_at",
    }
)


class Status(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class KnownLead(Refused):
    """The party is worked already by an open lead of this initiative. ``lead`` is set where the caller may see it."""

    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409

    def __init__(self, message: str, lead: Lead | None) -> None:
        super().__init__(message, [FieldError("party", "duplicate", message)])
        self.lead = lead


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one draft. ``refusal`` is the error for those who took in a single one.

    ``before`` holds what an update replaced (column → plain value), ``entry_ids`` the log entries that it added.
    """

    status: Status
    lead_id: UUID | None = None
    party_created: bool = False
    errors: tuple[FieldError, ...] = ()
    warnings: tuple[FieldError, ...] = ()
    refusal: Refused | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    entry_ids: tuple[int, ...] = ()


def refused(refusal: Refused) -> Taken:
    return Taken(Status.REFUSED, errors=refusal.errors, refusal=refusal)


MAX_AMOUNT = Decimal("9999999999999999.99")
