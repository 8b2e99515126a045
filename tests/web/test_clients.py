"""Clients on their pages: of an agent or straight from the bank, and the lead that one press makes."""

from datetime import date

import pytest
from django.urls import reverse

from agents.models import Client, Initiative
from common import clock
from leads.models import Lead
from leads.services.outcomes import close
from tests.office import Office
from tests.web.parties import make_agent, make_client, signed_in, text_of

pytestmark = pytest.mark.django_db


def new_lead(party: object) -> str:
    return reverse("agents:lead_create", args=[party.pk])


def another_initiative(office: Office) -> Initiative:
    return Initiative.objects.create(
        name="Рассрочка у дилеров", product=office.product, owner=office.olim, team=office.north,
        starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
    )  # fmt: skip


def test_one_press_makes_a_lead_of_the_client_with_his_agent_and_problem(office: Office) -> None:
    agent, browser = make_agent(office), signed_in(office.olim)
    client = make_client(office, agent)
    Client.objects.filter(pk=client.pk).update(problem="Ждут пять дней")
    only = office.initiative
    response = browser.post(new_lead(client), {"_once": "press-1"})
    lead = Lead.objects.get()
    assert response["Location"] == reverse("leads:card", args=[lead.pk])
    assert (lead.kind, lead.party_id, lead.agent_id) == ("client", client.pk, agent.pk)
    assert (lead.initiative, lead.problem, lead.owner) == (only, "Ждут пять дней", office.olim)
    assert browser.post(new_lead(client), {"_once": "press-1"})["Location"] == response["Location"]
    assert Lead.objects.count() == 1


def test_the_row_offers_the_press_until_the_client_is_worked(office: Office) -> None:
    agent, browser = make_agent(office), signed_in(office.olim)
    client = make_client(office, agent)
    card = reverse("agents:card", args=[agent.pk])
    assert new_lead(client) in text_of(browser, card)
    browser.post(new_lead(client))
    worked = text_of(browser, card)
    assert new_lead(client) not in worked
    assert reverse("leads:card", args=[Lead.objects.get().pk]) in worked


def test_with_several_initiatives_the_press_asks_which(office: Office) -> None:
    browser, client = signed_in(office.olim), make_client(office, make_agent(office))
    chosen, other = office.initiative, another_initiative(office)
    asked = browser.post(new_lead(client))
    assert not Lead.objects.exists()
    assert {chosen.name, other.name} <= {str(row) for row in asked.context["form"].fields["initiative"].queryset}
    browser.post(new_lead(client), {"initiative": chosen.pk})
    assert Lead.objects.get().initiative == chosen


def test_a_client_who_is_worked_already_leads_to_that_lead(office: Office) -> None:
    browser, client = signed_in(office.olim), make_client(office, None)
    browser.post(new_lead(client))
    again = browser.post(new_lead(client))
    assert again.status_code == 422
    assert reverse("leads:card", args=[Lead.objects.get().pk]) in again.content.decode()


def test_a_client_without_a_contact_is_asked_for_one_first(office: Office) -> None:
    agent, browser = make_agent(office), signed_in(office.olim)
    client = make_client(office, agent, phone=False)
    add = reverse("agents:contact_add", args=[client.pk])
    assert add in text_of(browser, reverse("agents:card", args=[agent.pk]))
    refused = browser.post(new_lead(client))
    assert refused.status_code == 422
    assert "не хватает: контакт" in refused.content.decode()
    assert add in refused.content.decode()


def test_an_initiative_that_one_may_not_see_is_no_choice(office: Office) -> None:
    client = make_client(office, None)
    hidden = Initiative.objects.create(
        name="Юг", product=office.product, owner=office.sitora, team=office.south,
        starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
    )  # fmt: skip
    response = signed_in(office.olim).post(new_lead(client), {"initiative": hidden.pk})
    assert response.status_code == 422
    assert not Lead.objects.exists()


def test_a_client_is_made_for_an_agent_or_for_nobody(office: Office) -> None:
    agent, browser = make_agent(office), signed_in(office.olim)
    sent = {"name": "Orient Auto", "legal_form": "firm", "problem": "Долго", "resources": "20 млн"}
    made = browser.post(reverse("agents:client_create", args=[agent.pk]), sent)
    assert made["Location"] == reverse("agents:card", args=[agent.pk])
    browser.post(reverse("agents:client_new"), sent | {"name": "Прямо в банк"})
    assert dict(Client.objects.values_list("name", "agent_id")) == {"Orient Auto": agent.pk, "Прямо в банк": None}


def test_the_agent_of_a_client_is_found_by_name_and_asked_again_when_several_fit(office: Office) -> None:
    browser = signed_in(office.olim)
    make_agent(office, name="Ирина Каримова")
    exact = make_agent(office, name="Ирина К.")
    sent = {"name": "Orient Auto", "legal_form": "firm"}
    several = browser.post(reverse("agents:client_new"), sent | {"agent": "Ирина"})
    assert several.status_code == 422
    assert "Подходят несколько" in several.content.decode()
    nobody = browser.post(reverse("agents:client_new"), sent | {"agent": "Никто"})
    assert nobody.status_code == 422
    browser.post(reverse("agents:client_new"), sent | {"agent": "ирина к."})
    assert Client.objects.get().agent_id == exact.pk


def test_an_agent_of_others_is_not_found_by_name(office: Office) -> None:
    make_agent(office, office.sitora, name="Агент юга")
    sent = {"name": "Orient Auto", "legal_form": "firm", "agent": "Агент юга"}
    assert signed_in(office.olim).post(reverse("agents:client_new"), sent).status_code == 422


def test_saving_a_client_untouched_changes_nothing(office: Office) -> None:
    client, browser = make_client(office, make_agent(office)), signed_in(office.olim)
    form = browser.get(reverse("agents:client_edit", args=[client.pk])).context["form"]
    sent = {bound.name: bound.value() for bound in form if bound.value() is not None}
    assert browser.post(reverse("agents:client_edit", args=[client.pk]), sent).status_code == 302
    fresh = Client.objects.get(pk=client.pk)
    assert (fresh.version, fresh.agent_id) == (client.version, client.agent_id)


def test_the_page_of_a_client_tells_blockers_and_closed_leads(office: Office) -> None:
    browser, client = signed_in(office.olim), make_client(office, None)
    browser.post(reverse("blockers:create", args=[client.pk]), {"description": "Лимит скоринга", "category": "scoring"})
    browser.post(new_lead(client))
    close(lead=Lead.objects.get(), outcome="archived", note="Передумал", by=office.olim, at=clock.now())
    page = text_of(browser, reverse("agents:client", args=[client.pk]))
    assert "Лимит скоринга" in page
    assert "В архиве" in page


def test_a_foreign_client_is_as_good_as_missing(office: Office) -> None:
    client, stranger = make_client(office, None), signed_in(office.sitora)
    for name in ("client", "client_edit", "lead_create", "contact_add"):
        assert stranger.get(reverse(f"agents:{name}", args=[client.pk])).status_code == 404
    assert client.name not in text_of(stranger, reverse("agents:clients"))
    assert stranger.post(new_lead(client)).status_code == 404


def test_an_address_of_an_agent_opens_no_client(office: Office) -> None:
    client = make_client(office, None)
    browser = signed_in(office.olim)
    assert browser.get(reverse("agents:card", args=[client.pk])).status_code == 404
    assert browser.get(reverse("agents:client", args=[make_agent(office).pk])).status_code == 404
