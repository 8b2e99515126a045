"""An agent's or a client's values as the drafts that the services take."""

from collections.abc import Mapping
from typing import Any

from agents.services import bant, parties, upserts
from agents.services.consents import ConsentDraft
from agents.services.contacts import ContactDraft
from common import clock

NO_COLUMNS = frozenset({"contacts", "bant", "source", "external_id", "source_version"})
"""Members of an upsert that are not written as they stand."""
EXTRA = ("status", "grade", "client_base_size", "client_base_at", "client_base_source")


def contact_drafts(given: list[Mapping[str, Any]]) -> tuple[ContactDraft, ...]:
    return tuple(ContactDraft(**contact) for contact in given)


def consents_of(given: Mapping[str, Any] | None) -> tuple[ConsentDraft, ...]:
    """Of one request; without a time it was given now."""
    return (ConsentDraft(**{"given_at": clock.now(), **given}),) if given else ()


def draft_of(kind: str, values: Mapping[str, Any]) -> parties.PartyDraft:
    """A new party's values as the draft that the service takes."""
    same = ("name", "legal_form", "city", "tax_id", "partnership", "source", "external_id", "problem", "resources")
    ids = {f"{name}_id": values[name].pk for name in ("segment", "agent") if values.get(name)}
    return parties.PartyDraft(
        kind=kind,
        contacts=contact_drafts(values.get("contacts", [])),
        extra={name: values[name] for name in EXTRA if name in values},
        **{name: values[name] for name in same if name in values},
        **ids,
    )


def message_of(kind: str, values: Mapping[str, Any]) -> upserts.PartyMessage:
    """An upsert's values as the message that the service takes; what was not given changes nothing."""
    given = {name: value for name, value in values.items() if value not in (None, "") and name not in NO_COLUMNS}
    return upserts.PartyMessage(
        draft=draft_of(kind, values),
        changes=given,
        owner=values.get("owner"),
        source_version=values.get("source_version"),
        bant=bant_of(values.get("bant") or {}),
    )


def bant_of(answers: Mapping[str, Any]) -> dict[str, bant.BantAnswer | None]:
    return {name: bant.BantAnswer(**answer) if answer else None for name, answer in answers.items()}
