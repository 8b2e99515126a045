"""Creating a lead: by a plain form, once however often it is pressed, and with an eye on those who are known."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from agents.models import Party
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft, create_party
from leads.models import Lead
from tests.office import Office

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def new(user: User, **fields: object):
    return as_(user).post("/leads/new/", {"kind": "agent", "name": "Новый", "currency": "UZS", **fields})


def test_a_lead_is_created_without_scripts_and_with_a_step(office: Office) -> None:
    assert as_(office.olim).get("/leads/new/").status_code == 200
    at = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    response = new(
        office.olim, contact="90 123 45 67", segment=office.segment.pk, initiative=office.initiative.pk,
        amount="12 500 000,50", next_action="Созвон", next_action_at=at,
    )  # fmt: skip
    lead = Lead.objects.get()
    assert response.url == f"/leads/{lead.pk}/"
    assert (lead.owner, lead.segment, lead.initiative) == (office.olim, office.segment, office.initiative)
    assert (lead.amount, lead.next_action) == (Decimal("12500000.50"), "Созвон")
    assert lead.party.contacts.get().key == "+998901234567"


def test_a_form_pressed_twice_makes_one_lead(office: Office) -> None:
    first, second = (new(office.olim, contact="901234567", _once="once") for _n in range(2))
    assert Lead.objects.count() == 1
    assert first.url == second.url


def test_what_is_missing_is_said_and_what_was_typed_stays(office: Office) -> None:
    response = new(office.olim, name="Без контакта")
    text = response.content.decode()
    assert response.status_code == 422
    assert "не хватает: контакт" in text
    assert "Без контакта" in text
    assert new(office.olim, contact="не телефон 12", amount="-5").status_code == 422
    assert new(office.olim, contact="901234567", name="x" * 10_000).status_code == 422
    assert new(office.olim, contact="901234567", next_action="Звонок").status_code == 422
    assert not Lead.objects.exists()


def test_a_visible_double_can_be_opened_or_worked(office: Office) -> None:
    contact = ContactDraft("phone", "+998901234567")
    known = create_party(by=office.olim, draft=PartyDraft(kind="agent", name="Ирина К.", contacts=(contact,)))
    response = new(office.olim, contact="90 123-45-67", name="Ира")
    text = response.content.decode()
    assert response.status_code == 409
    assert "Уже есть в базе: «Ирина К.»" in text
    assert f"/agents/{known.pk}/" in text
    assert not Lead.objects.exists()
    as_(office.olim).post("/leads/new/", {"party": known.pk, "currency": "UZS"})
    assert Lead.objects.get().party == known
    again = as_(office.olim).post("/leads/new/", {"party": known.pk, "currency": "UZS"})
    assert again.status_code == 409
    assert f"/leads/{Lead.objects.get().pk}/" in again.content.decode()


def test_a_hidden_double_is_only_said_to_be_taken(office: Office) -> None:
    lead = office.lead(office.sitora, name="Чужой Агент")
    phone = lead.party.contacts.get().key
    checked = as_(office.olim).post("/leads/new/check/", {"contact": phone, "kind": "agent"}, headers=HX)
    for response, status in ((new(office.olim, contact=phone), 409), (checked, 200)):
        text = response.content.decode()
        assert response.status_code == status
        assert "ведёт другой сотрудник" in text
        assert "Чужой" not in text
        assert "Sitora" not in text
        assert str(lead.party_id) not in text
    assert Party.objects.count() == 1


def test_a_contact_is_checked_while_it_is_typed(office: Office) -> None:
    phone = office.lead(name="Ирина К.").party.contacts.get().key
    client = as_(office.olim)

    def said(contact: str) -> str:
        return client.post("/leads/new/check/", {"contact": contact, "kind": "agent"}, headers=HX).content.decode()

    assert "Уже есть в базе: «Ирина К.»" in said(phone)
    assert said("+998901119999").strip() == ""
    assert said("90").strip() == ""
    assert client.post("/leads/new/check/").status_code == 302
    by_address = client.get("/leads/new/check/", {"contact": phone, "kind": "agent"}, headers=HX)
    assert by_address["HX-Redirect"] == "/leads/new/", "a number does not travel in an address"


def test_an_agent_is_found_by_his_name_or_asked_for(office: Office) -> None:
    agent = office.lead(name="Рустам Алиев").party
    office.lead(office.sitora, name="Рустам Чужой")
    form = {"kind": "client", "name": "Покупатель", "contact": "901234567"}
    new(office.olim, **form, agent_q="рустам")
    assert Lead.objects.get(kind="client").agent == agent
    office.lead(name="Рустам Второй")
    response = new(office.olim, **form | {"contact": "901234568"}, agent_q="рустам")
    assert response.status_code == 422
    assert "Рустам Второй" in response.content.decode()
    assert "Рустам Чужой" not in response.content.decode()
    new(office.olim, **form | {"contact": "901234568"}, agent_q="рустам", agent=agent.pk)
    assert Lead.objects.filter(kind="client", agent=agent).count() == 2
    options = as_(office.olim).get("/leads/new/agents/", {"agent_q": "рустам"}, headers=HX).content.decode()
    assert "Рустам Алиев" in options
    assert "Чужой" not in options


def test_a_hidden_party_is_no_start_for_a_lead(office: Office) -> None:
    party = office.lead(office.sitora).party
    client = as_(office.olim)
    assert client.get("/leads/new/", {"party": party.pk}).status_code == 404
    assert client.post("/leads/new/", {"party": party.pk}).status_code == 404
    assert client.get("/leads/new/", {"party": "abc"}).status_code == 404
