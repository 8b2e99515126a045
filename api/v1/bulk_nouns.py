"""What an item of a batch is, noun by noun: its shape, how many are taken in together, and where errors lead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import User
from agents.choices import Kind
from agents.services import upserts
from api.fields import Text
from api.resources import Resource
from api.shapes import SourceVersion, Strict
from api.v1 import parties
from api.v1.lead_shapes import LeadOfBatch
from api.v1.leads import Leads, draft_of
from api.v1.party_drafts import message_of
from common import clock
from funnel.choices import Origin
from leads.services import intake

Values = Sequence[Mapping[str, Any]]


class AgentOfBatch(parties.AgentShape):
    """Known or made by its pair, so the pair is required."""

    source = Text(max_length=60)
    external_id = Text(max_length=120)
    source_version = SourceVersion()


class ClientOfBatch(parties.ClientShape):
    """Known or made by its pair, so the pair is required."""

    source = Text(max_length=60)
    external_id = Text(max_length=120)
    source_version = SourceVersion()


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one item; ``refusal`` where it did not go in."""

    status: str = ""
    id: UUID | None = None
    refusal: Exception | None = None


@dataclass(frozen=True, slots=True)
class Noun:
    """``take`` gets checked values, the caller, and whether one refusal undoes them all."""

    shape: type[Strict]
    take: Callable[[Values, User, bool], list[Became]]
    view: Callable[[], Resource]
    """The view of a single one: it knows where in a body the services' errors belong."""


def _leads(values: Values, by: User, all_or_none: bool) -> list[Became]:
    taken = intake.take_in_turns(
        drafts=[draft_of(one) for one in values], by=by, at=clock.now(), origin=Origin.API, all_or_none=all_or_none
    )
    return [Became(str(one.status), one.lead_id, one.refusal) for one in taken]


def _parties(kind: str) -> Callable[[Values, User, bool], list[Became]]:
    def take(values: Values, by: User, all_or_none: bool) -> list[Became]:
        messages = [message_of(kind, one) for one in values]
        today = clock.now().astimezone(by.zone).date()
        taken = upserts.upsert_in_turns(by=by, messages=messages, today=today, all_or_none=all_or_none)
        return [_became(one) for one in taken]

    return take


def _became(one: upserts.Upserted) -> Became:
    if one.party is None:
        return Became(refusal=one.refusal)
    return Became("created" if one.made else "updated" if one.changed else "unchanged", one.party.pk)


NOUNS: Mapping[str, Noun] = {
    "leads": Noun(LeadOfBatch, _leads, lambda: Leads(action="create")),
    "agents": Noun(AgentOfBatch, _parties(Kind.AGENT), lambda: parties.Agents(action="create")),
    "clients": Noun(ClientOfBatch, _parties(Kind.CLIENT), lambda: parties.Clients(action="create")),
}
