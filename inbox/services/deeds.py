"""What each type of message asks for, done through the same services as a page or the API, as the source's account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from agents.choices import ContactType, Kind
from agents.models import Agent, Client, Initiative, Party, Product, Segment, Utp
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft
from calls.services import CallDraft, log_call
from channels import incoming
from common.errors import FieldError, Invalid
from funnel.choices import Origin
from inbox.choices import State, Type
from inbox.reading import Fields
from leads.drafts import LeadDraft
from leads.models import Lead
from leads.services.intake import take_in
from leads.services.recording import record_contract
from outreach.services.replies import record_reply

MOST_CONTACTS = 20


@dataclass(frozen=True, slots=True)
class Told:
    """A message read: ``source`` is the code of the system, ``by`` its account, ``whole`` the body with its type."""

    whole: Mapping[str, Any]
    data: Mapping[str, Any]
    source: str
    by: User
    at: datetime


Deed = Callable[[Told], State]


def take_lead(told: Told) -> State:
    """The body of ``PUT /leads/by-external/``, with ``external_id`` and, where several systems speak, ``source``."""
    fields = Fields(told.data, told.by)
    draft = _lead(fields, told)
    fields.finish()
    taken = take_in(drafts=[draft], by=told.by, at=told.at, origin=Origin.API)[0]
    if taken.refusal is not None:
        raise taken.refusal
    return State.DONE


def _lead(fields: Fields, told: Told) -> LeadDraft:
    number, kind = fields.number("source_version"), fields.text("kind", most=10, required=True)
    if kind and kind not in Kind.values:
        fields.errors.append(FieldError("kind", "invalid_choice", _("Можно: agent, client.")))
    party = fields.row("party", Party.objects.visible_to)
    name = fields.text("name", most=200, required=party is None)
    contacts = _contacts(fields)
    related = {
        "segment": Segment.objects.visible_to, "agent": Agent.objects.visible_to, "utp": Utp.objects.visible_to,
        "initiative": Initiative.objects.visible_to, "product": lambda _user: Product.objects.all(),
    }  # fmt: skip
    own: dict[str, Any] = {f"{one}_id": row.pk for one, rows in related.items() if (row := fields.row(one, rows))}
    lengths = {"problem": 10_000, "resources": 10_000, "source_channel": 60, "base": 120, "next_action": 200}
    own |= {one: text for one, most in lengths.items() if (text := fields.text(one, most=most))}
    own |= fields.money("amount")
    if step_at := fields.moment("next_action_at"):
        own["next_action_at"] = step_at
    if tags := fields.texts("tags", most=50, length=40):
        own["tags"] = tags
    return LeadDraft(
        kind=kind, party_id=party.pk if party else None,
        party=None if party else PartyDraft(kind=kind, name=name, contacts=contacts),
        owner=fields.colleague("owner"), source=fields.text("source", most=60) or told.source,
        external_id=fields.text("external_id", most=120, required=True), fields=own, source_version=number,
    )  # fmt: skip


def _contacts(fields: Fields) -> tuple[ContactDraft, ...]:
    found = []
    for place, one in enumerate(fields.objects("contacts", most=MOST_CONTACTS)):
        inner = Fields(one, fields.by)
        preferred = inner.left.pop("preferred", False)
        type_ = inner.text("type", most=10, required=True)
        if type_ and type_ not in ContactType.values:
            inner.errors.append(FieldError("type", "invalid_choice", _("Такого вида контакта нет.")))
        draft = ContactDraft(
            type_, inner.text("value", most=200, required=True), person=inner.text("person", most=120),
            preferred=preferred is True, note=inner.text("note", most=200),
        )  # fmt: skip
        try:
            inner.finish()
        except Invalid as refusal:
            fields.inside("contacts", place, refusal.errors)
        found.append(draft)
    return tuple(found)


def log_ended_call(told: Told) -> State:
    """The body of ``PUT /calls/by-external/``; ``owner`` may be an e-mail."""
    fields = Fields(told.data, told.by)
    party = fields.row("agent", Agent.objects.visible_to) or fields.row("client", Client.objects.visible_to)
    draft = CallDraft(
        direction=fields.text("direction", most=3, required=True),
        at=fields.moment("at", required=True) or told.at,
        result=fields.text("result", most=10, required=True),
        duration_seconds=fields.number("duration_seconds") or 0,
        phone=fields.text("phone", most=40),
        recording_url=fields.text("recording_url", most=500),
        party=party,
        lead=fields.row("lead", Lead.objects.visible_to),
        owner=fields.colleague("owner"),
        source=fields.text("source", most=60) or told.source,
        external_id=fields.text("external_id", most=120, required=True),
        source_version=fields.number("source_version"),
    )
    fields.left.pop("client", None)
    fields.finish()
    log_call(draft=draft, by=told.by, at=told.at)
    return State.DONE


def record_signing(told: Told) -> State:
    """A contract that another system saw signed, on the lead named by ``lead`` (our id) or by the system's own
    ``lead_external_id``; ``external_id`` is the contract's. The stage is not moved: a fact opens a gate, a person or
    a move passes it."""
    fields = Fields(told.data, told.by)
    lead, source = fields.row("lead", Lead.objects.visible_to), fields.text("source", most=60) or told.source
    known_as = fields.text("lead_external_id", most=120, required=lead is None and "lead" not in told.data)
    if lead is None and known_as:
        lead = Lead.objects.visible_to(told.by).filter(source=source, external_id=known_as).first()
        if lead is None:
            fields.errors.append(
                FieldError("lead_external_id", "does_not_exist", _("Такого лида нет, или он не виден."))
            )
    number, signed_on = fields.text("number", most=60, required=True), fields.day("signed_on", required=True)
    provides, terms, service = (fields.text(name, most=2000) for name in ("provides", "terms", "bank_service"))
    own = fields.text("external_id", most=120)
    fields.finish()
    if provides or terms or service or not lead.contracts.filter(number=number, signed_on=signed_on).exists():
        record_contract(
            lead=lead, by=told.by, at=told.at, number=number, signed_on=signed_on,
            provides=provides, terms=terms, bank_service=service, source=source, external_id=own,
        )  # fmt: skip
    return State.DONE


def take_message(told: Told) -> State:
    """The same body as at ``/hooks/messages/``, read by the same reader. Raises Invalid."""
    came = incoming.of_webhook(told.whole, at=told.at)
    if came is None:
        message = _("Нужны data.id, data.from и data.text строками.")
        raise Invalid(message, [FieldError("data", "invalid", message)])
    record_reply(incoming=came)
    return State.DONE


DEEDS: Mapping[str, Deed] = {
    Type.LEAD: take_lead,
    Type.CALL: log_ended_call,
    Type.MESSAGE: take_message,
    Type.CONTRACT: record_signing,
}
