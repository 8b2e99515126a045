"""Entries of the journal in words: names for ids, where from, what kind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import User
from agents.models import Party
from audit.choices import Fields, Look
from audit.models import View
from leads.models import Lead
from web.agents.addresses import party_address

NAMED = 3
"""People named in a line; of a longer list the rest are counted."""


@dataclass(frozen=True, slots=True)
class Subject:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    row: View
    who: str
    look: str
    fields: str
    subjects: list[Subject]
    more: int


def lines_of(by: User, rows: Sequence[View]) -> list[Line]:
    """Three queries, whatever the number of rows."""
    people = names_of_people(row.user_id for row in rows)
    known = subjects_of(by, (subject for row in rows for subject in row.subjects[:NAMED]))
    fields, looks = dict(Fields.choices), dict(Look.choices)
    return [
        Line(
            row=row, who=people.get(row.user_id, _("без входа")), look=str(looks.get(row.look, row.look)),
            fields=", ".join(str(fields.get(one, one)) for one in row.fields),
            subjects=_once(known.get(pk, Subject(str(pk), "")) for pk in row.subjects[:NAMED]),
            more=max(0, len(row.subjects) - NAMED),
        )
        for row in rows
    ]  # fmt: skip


def _once(subjects: Iterable[Subject]) -> list[Subject]:
    """A person and his lead bear one name: the card tells of both."""
    return list({one.name: one for one in reversed(list(subjects))}.values())[::-1]


def names_of_people(ids: Iterable[UUID | None]) -> Mapping[UUID | None, str]:
    asked = {pk for pk in ids if pk is not None}
    return dict(User.objects.filter(pk__in=asked).values_list("pk", "name")) if asked else {}


def subjects_of(by: User, ids: Iterable[UUID]) -> dict[UUID, Subject]:
    """Names and cards of parties, and of leads by their party. Those of others stay ids."""
    asked = set(ids)
    found = {
        party.pk: Subject(party.name, party_address(party))
        for party in Party.objects.visible_to(by).filter(pk__in=asked)
    }
    for lead in Lead.objects.visible_to(by).filter(pk__in=asked - found.keys()).select_related("party"):
        found[lead.pk] = Subject(lead.party.name, reverse("leads:card", args=[lead.pk]))
    return found


def ids_of(by: User, subject: UUID) -> tuple[UUID, ...]:
    """A person's own id and those of his leads; of a lead, its person's and all of his."""
    leads = Lead.objects.visible_to(by)
    lead = leads.filter(pk=subject).values_list("party_id", flat=True).first()
    party = lead or subject
    return (party, *leads.filter(party_id=party).values_list("pk", flat=True))


def kind_of(by: User, subject: UUID) -> str:
    """By which name the history of this id is found."""
    return "leads-lead" if Lead.objects.visible_to(by).filter(pk=subject).exists() else "agents-party"


def history_url(kind: str, pk: Any) -> str:
    try:
        return reverse("audit:record", args=[kind, pk])
    except NoReverseMatch:
        return ""
