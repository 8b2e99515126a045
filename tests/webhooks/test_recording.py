"""What deeds leave in the outbox."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft, update_party
from common import clock
from funnel.choices import Origin
from leads.drafts import HistoryStep, LeadDraft
from leads.models import LossReason
from leads.services.editing import assign, update_lead
from leads.services.intake import take_in
from leads.services.merging import merge, unmerge
from leads.services.moves import move
from leads.services.outcomes import close, reopen
from tests.office import Office
from webhooks.catalogue import TYPES
from webhooks.models import Event
from webhooks.selectors import oldest_unnumbered_seconds

pytestmark = pytest.mark.django_db


def types() -> list[str]:
    return list(Event.objects.order_by("serial").values_list("type", flat=True))


def test_a_lead_and_its_party_are_told_of_with_owner_and_team(office: Office) -> None:
    lead = office.lead(office.olim)
    by_type = {event.type: event for event in Event.objects.all()}
    assert set(by_type) == {"agent.created", "lead.created"}
    told = by_type["lead.created"]
    assert (told.object_id, told.owner_id, told.team_id) == (lead.pk, office.olim.pk, office.north.pk)
    assert by_type["agent.created"].object_id == lead.party_id
    assert told.actor_id == office.olim.pk
    assert told.number is None


def test_a_move_tells_from_and_to(office: Office) -> None:
    lead = office.lead()
    move(lead=lead, to=office.stage("meeting"), by=office.nodira, at=clock.now(), waive=True, reason="Встретились")
    event = Event.objects.get(type="lead.stage_entered")
    assert event.data == {"from": "contact", "to": "meeting", "back": False}
    assert event.actor_id == office.nodira.pk


def test_a_stage_that_comes_with_a_file_is_told_as_a_stage(office: Office) -> None:
    party = PartyDraft(kind="agent", name="Лид", contacts=(ContactDraft("phone", office.phone()),))
    at = clock.now()
    first = LeadDraft(kind="agent", party=party, owner=office.olim, source="core", external_id="1")
    later = replace(first, fields={"base": "Реестр"}, history=(HistoryStep("meeting", at),))
    for draft in (first, later):
        take_in(drafts=[draft], by=office.olim, at=at, origin=Origin.IMPORT)
    told = {event.type: event.data for event in Event.objects.filter(type__startswith="lead.")}
    assert told["lead.stage_entered"] == {"from": "contact", "to": "meeting", "back": False}
    assert told["lead.updated"] == {"fields": ["base"]}


def test_how_long_the_oldest_event_waits_for_its_place(office: Office) -> None:
    assert oldest_unnumbered_seconds() == 0
    office.lead()
    Event.objects.filter(type="lead.created").update(recorded_at=clock.now() - timedelta(minutes=5))
    Event.objects.filter(type="agent.created").update(position=1)
    assert 299 < oldest_unnumbered_seconds() < 400


def test_deeds_on_a_lead_each_leave_one_event(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    Event.objects.all().delete()
    update_lead(lead=lead, by=office.olim, changes={"base": "Реестр", "tags": ["новый"]})
    update_lead(lead=lead, by=office.olim, changes={"base": "Реестр"})
    assign(lead=lead, owner=office.oksana, by=office.nodira, at=at)
    close(lead=lead, outcome="lost", by=office.nodira, at=at, reason=LossReason.objects.first())
    reopen(lead=lead, by=office.nodira, at=at, reason="Передумали")
    update_party(party=lead.party, by=office.nodira, changes={"city": "Самарканд"})
    assert types() == [
        "lead.updated", "agent.updated", "lead.assigned", "lead.closed", "lead.reopened", "agent.updated",
    ]  # fmt: skip
    assert Event.objects.get(type="lead.updated").data == {"fields": ["base", "tags"]}
    assigned = Event.objects.get(type="lead.assigned")
    assert assigned.data == {"from": str(office.olim.pk), "to": str(office.oksana.pk)}
    assert assigned.owner_id == office.oksana.pk


def test_merging_and_parting_are_told_of_the_lead_that_was_taken_in(office: Office) -> None:
    kept, merged, at = office.lead(), office.lead(), clock.now()
    merge(lead=kept, other=merged, by=office.nodira, at=at)
    kept.refresh_from_db()
    unmerge(lead=kept, other=merged, by=office.nodira, at=at)
    told = Event.objects.filter(type__in=["lead.merged", "lead.unmerged"]).order_by("serial")
    assert [(event.type, event.object_id, event.data) for event in told] == [
        ("lead.merged", merged.pk, {"into": str(kept.pk)}), ("lead.unmerged", merged.pk, {"into": str(kept.pk)}),
    ]  # fmt: skip


def test_every_type_stands_in_the_reference() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
    table = text.partition("## Types")[2].partition("## Delivery")[0]
    first = "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`([a-z_.]+)`", first)) == {*TYPES, "ping"}


def test_a_deed_that_is_undone_leaves_nothing(office: Office) -> None:
    lead = office.lead()
    before = Event.objects.count()
    with transaction.atomic():
        assign(lead=lead, owner=office.oksana, by=office.nodira, at=clock.now())
        assert Event.objects.count() == before + 2
        transaction.set_rollback(True)
    assert Event.objects.count() == before


def test_a_batch_costs_one_insert_a_type(office: Office) -> None:
    def drafts(count: int) -> list[LeadDraft]:
        made = []
        for _n in range(count):
            party = PartyDraft(kind="agent", name="Лид", contacts=(ContactDraft("phone", office.phone()),))
            made.append(LeadDraft(kind="agent", party=party, owner=office.olim))
        return made

    for count in (2, 40):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            take_in(drafts=drafts(count), by=office.olim, at=clock.now(), origin=Origin.IMPORT)
        assert len([q for q in seen.captured_queries if "INTO webhooks_event" in q["sql"]]) == 2
    assert Event.objects.filter(type="lead.created").count() == 42


def test_nothing_about_a_person_is_told(office: Office) -> None:
    lead = office.lead(name="Тайный Тимур")
    update_lead(lead=lead, by=office.olim, changes={"problem": "Секретная боль", "base": "Тайная база"})
    update_party(party=lead.party, by=office.olim, changes={"name": "Тайный Тахир"})
    told = json.dumps([[str(e.object_id), e.type, e.data] for e in Event.objects.all()], ensure_ascii=False)
    contact = lead.party.contacts.get()
    for secret in ("Тайн", "Секрет", contact.value, contact.key, office.olim.name):
        assert secret not in told
    assert "lead.updated" in told


def test_every_type_that_is_told_stands_in_the_catalogue(office: Office) -> None:
    lead = office.lead()
    move(lead=lead, to=office.stage("meeting"), by=office.nodira, at=clock.now(), waive=True, reason="Встретились")
    assert set(types()) <= TYPES.keys()
