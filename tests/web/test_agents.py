"""Agents on their pages: lists, the card and its tabs, what each role may do there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.models import Agent, Contact, Party
from common import clock
from leads.models import Lead
from leads.services.blockers import add_blocker
from leads.services.moves import move
from leads.services.recording import record_agreement, record_contract, record_measurement, record_promise
from tests.office import Office
from tests.web.parties import make_agent, make_client, queries, signed_in, text_of

pytestmark = pytest.mark.django_db
TABS = ("clients", "contract", "value", "bant", "history")


def card(party: Party, tab: str = "clients") -> str:
    return reverse("agents:card", args=[party.pk]) + f"?tab={tab}"


def test_the_lists_cost_the_same_for_one_and_for_thirty(office: Office) -> None:
    browser = signed_in(office.olim)
    first = make_agent(office, segment_id=office.segment.pk)
    make_client(office, first)
    addresses = [reverse("agents:list"), reverse("agents:clients")]
    before = [queries(browser, address) for address in addresses]
    for n in range(29):
        one = make_agent(office, name=f"Агент {n}", segment_id=office.segment.pk)
        client = make_client(office, one, f"Клиент {n}")
        browser.post(reverse("agents:lead_create", args=[client.pk]))
    assert [queries(browser, address) for address in addresses] == before
    assert max(before) <= 12


def test_the_card_costs_the_same_for_one_client_and_for_thirty(office: Office) -> None:
    browser, one = signed_in(office.olim), make_agent(office)
    browser.post(reverse("agents:lead_create", args=[make_client(office, one).pk]))
    before = [queries(browser, card(one, tab)) for tab in TABS]
    for n in range(29):
        client = make_client(office, one, f"Клиент {n}")
        browser.post(reverse("agents:lead_create", args=[client.pk]))
    assert [queries(browser, card(one, tab)) for tab in TABS] == before
    assert max(before) <= 20


def test_the_list_shows_portions_of_fifty_and_offers_the_rest(office: Office) -> None:
    for n in range(52):
        make_agent(office, name=f"Агент {n:02}")
    browser = signed_in(office.olim)
    first = text_of(browser, reverse("agents:list"))
    assert "Агент 49" in first
    assert "Агент 50" not in first
    assert "Показать ещё" in first
    assert "Агент 51" in text_of(browser, reverse("agents:list") + "?page=2")


def test_a_fragment_is_only_the_results(office: Office) -> None:
    make_agent(office)
    response = signed_in(office.olim).get(reverse("agents:list"), headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert 'id="results"' in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_conditions_narrow_the_list_and_a_strange_one_is_said(office: Office) -> None:
    make_agent(office, name="Дилер", partnership="dealership")
    make_agent(office, name="Реферал", partnership="referral")
    browser = signed_in(office.olim)
    found = text_of(browser, reverse("agents:list") + "?partnership=dealership")
    assert "Дилер</a>" in found
    assert "Реферал</a>" not in found
    strange = text_of(browser, reverse("agents:list") + "?segment=nonsense")
    assert "не применено" in strange
    assert "Дилер</a>" in strange


def test_a_phone_finds_the_agent_however_it_is_typed(office: Office) -> None:
    one = make_agent(office, name="По телефону")
    make_agent(office, name="Другой")
    digits = one.contacts.get().key.removeprefix("+998")
    found = text_of(signed_in(office.olim), reverse("agents:list") + f"?q={digits[:2]} {digits[2:5]}-{digits[5:]}")
    assert "По телефону" in found
    assert "Другой</a>" not in found


def test_the_conversion_counts_the_leads_that_the_agent_brought(office: Office) -> None:
    one, browser = make_agent(office), signed_in(office.olim)
    for n in range(7):
        browser.post(reverse("agents:lead_create", args=[make_client(office, one, f"Клиент {n}").pk]))
    assert "0 из 7" in text_of(browser, reverse("agents:list"))
    for lead in Lead.objects.filter(agent=one)[:2]:
        to = office.stage("signed_contract", "client")
        move(lead=lead, to=to, by=office.nodira, at=clock.now(), waive=True, reason="Знаю его лично")
    assert "2 из 7" in text_of(browser, reverse("agents:list"))
    for n in range(7, 18):
        browser.post(reverse("agents:lead_create", args=[make_client(office, one, f"Клиент {n}").pk]))
    assert "2 из 18 — 11" in text_of(browser, reverse("agents:list"))


def test_the_card_counts_blockers_of_the_agent_and_of_his_clients_once(office: Office) -> None:
    one = make_agent(office)
    first, second = make_client(office, one, "Первый"), make_client(office, one, "Второй")
    for party in (one, first, second):
        add_blocker(party=party, by=office.olim, at=clock.now(), description="Долго", category="process")
    add_blocker(party=second, by=office.olim, at=clock.now(), description="Дорого", category="product")
    page = signed_in(office.olim).get(card(one))
    assert page.context["figures"].open_blockers == 2
    assert "Дорого" in page.content.decode()


def test_every_tab_tells_its_part_and_an_unknown_one_is_the_first(office: Office) -> None:
    one, browser, at = make_agent(office), signed_in(office.olim), clock.now()
    browser.post(reverse("agents:lead_create", args=[one.pk]))
    lead = Lead.objects.get(party=one)
    record_agreement(lead=lead, by=office.olim, at=at, agent_gives="20 оценок", bank_gives="Комиссию")
    record_contract(lead=lead, by=office.olim, at=at, number="14/2026", signed_on=at.date())
    promise = record_promise(lead=lead, by=office.olim, at=at, metric="Продажи", baseline=1, target=5, due_on=at.date())
    record_measurement(lead=lead, by=office.olim, at=at, value=6, promise=promise)
    make_client(office, one, "Silk Trade")
    assert "Silk Trade" in text_of(browser, card(one, "clients"))
    contract = text_of(browser, card(one, "contract"))
    assert "20 оценок" in contract
    assert "14/2026" in contract
    assert "выполнено" in text_of(browser, card(one, "value"))
    assert "не спросили" in text_of(browser, card(one, "bant"))
    assert "Контакт" in text_of(browser, card(one, "history"))
    assert "Silk Trade" in text_of(browser, card(one, "nonsense"))


def test_an_agent_is_made_with_his_contact_and_a_double_press_makes_one(office: Office) -> None:
    browser = signed_in(office.olim)
    sent = {
        "name": "Саморканд Савдо", "legal_form": "firm", "contact": "90 123 45 67", "contact_person": "Ирина",
        "status": "candidate", "grade": "basic", "owner": office.olim.pk, "_once": "press-1",
    }  # fmt: skip
    first = browser.post(reverse("agents:create"), sent)
    assert browser.post(reverse("agents:create"), sent)["Location"] == first["Location"]
    made = Agent.objects.get()
    assert (made.name, made.owner, made.team) == ("Саморканд Савдо", office.olim, office.north)
    assert made.contacts.get().key == "+998901234567"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("contact", "12345", "не похоже на телефон"),
        ("tax_id", "7707083894", "контрольная цифра"),
        ("name", "", "Обязательное поле"),
        ("name", "я" * 10_000, "Сократите"),
        ("owner", "00000000-0000-7000-8000-000000000000", "ожидаемых"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_keeps_what_was_typed(
    office: Office, field: str, value: str, said: str
) -> None:
    sent = {"name": "Ирина", "legal_form": "person", "city": "Бухара", "status": "candidate", "grade": "basic"}
    response = signed_in(office.olim).post(reverse("agents:create"), sent | {field: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page or field == "owner"
    assert 'value="Бухара"' in page
    assert not Agent.objects.exists()


def test_a_script_in_a_name_stays_text(office: Office) -> None:
    one = make_agent(office, name="<script>alert(1)</script>")
    page = text_of(signed_in(office.olim), card(one))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_known_agent_is_shown_with_a_link_where_he_may_be_seen(office: Office) -> None:
    known = make_agent(office, name="Уже есть")
    phone = known.contacts.get().value
    sent = {"name": "Снова он", "legal_form": "person", "status": "candidate", "grade": "basic", "contact": phone}
    page = signed_in(office.oksana).post(reverse("agents:create"), sent)
    assert page.status_code == 422
    assert "Уже есть в базе: «Уже есть»" in page.content.decode()
    assert reverse("agents:card", args=[known.pk]) in page.content.decode()
    hidden = signed_in(office.sitora).post(reverse("agents:create"), sent)
    assert hidden.status_code == 422
    assert "Уже есть в базе" not in hidden.content.decode()
    assert str(known.pk) not in hidden.content.decode()


def test_the_size_of_the_base_is_kept_with_its_day_and_source(office: Office) -> None:
    one, browser = make_agent(office), signed_in(office.olim)
    address, today = reverse("agents:base", args=[one.pk]), timezone.localdate()
    sent = {"client_base_size": 46, "client_base_at": today, "client_base_source": "с его слов", "version": 1}
    assert browser.post(address, sent | {"client_base_at": today + timedelta(days=1)}).status_code == 422
    assert browser.post(address, sent | {"client_base_size": "-3"}).status_code == 422
    assert browser.post(address, sent).status_code == 302
    assert "46" in text_of(browser, card(one))
    assert "с его слов" in text_of(browser, card(one))


def test_bant_keeps_each_answer_and_tells_of_somebody_faster(office: Office) -> None:
    one, browser = make_agent(office), signed_in(office.olim)
    address = reverse("agents:bant", args=[one.pk])
    sent = {"budget-mark": "yes", "budget-note": "20 млн", "budget-known_at": "2026-11-01", "version": one.version}
    assert browser.post(address, sent).status_code == 302
    assert "20 млн" in text_of(browser, card(one, "bant"))
    late = browser.post(address, sent | {"budget-note": "30 млн"})
    assert late.status_code == 409
    assert "20 млн" in late.content.decode()
    assert 'value="30 млн"' in late.content.decode()
    again = sent | {"budget-note": "30 млн", "version": late.context["form"].data["version"]}
    assert browser.post(address, again).status_code == 302
    assert Party.objects.get(pk=one.pk).bant["budget"]["note"] == "30 млн"


def test_contacts_are_added_and_taken_away_after_a_question(office: Office) -> None:
    one, browser = make_agent(office), signed_in(office.olim)
    add = reverse("agents:contact_add", args=[one.pk])
    assert browser.post(add, {"value": "irina@bank.uz", "person": "Ирина", "preferred": "on"}).status_code == 302
    mail = Contact.objects.get(party=one, type="email")
    assert mail.preferred
    assert browser.post(add, {"value": "irina@bank.uz"}).status_code == 422
    remove = reverse("agents:contact_remove", args=[one.pk, mail.pk])
    assert "irina@bank.uz" in text_of(browser, remove)
    assert browser.post(remove).status_code == 302
    assert not Contact.objects.filter(pk=mail.pk).exists()
    other = make_agent(office, name="Другой").contacts.get()
    assert browser.post(reverse("agents:contact_remove", args=[one.pk, other.pk])).status_code == 404


def test_the_auditor_reads_every_tab_and_is_offered_no_deed(office: Office) -> None:
    one, browser = make_agent(office), signed_in(office.aziz)
    make_client(office, one)
    deeds = ("edit", "base", "bant", "client_create", "contact_add", "lead_create")
    for tab in TABS:
        page = text_of(browser, card(one, tab))
        assert not any(reverse(f"agents:{deed}", args=[one.pk]) in page for deed in deeds)
    for deed in deeds:
        address = reverse(f"agents:{deed}", args=[one.pk])
        assert (browser.get(address).status_code, browser.post(address).status_code) == (403, 403)
    assert browser.get(reverse("agents:create")).status_code == 403


def test_a_foreign_agent_is_as_good_as_missing(office: Office) -> None:
    one, stranger = make_agent(office), signed_in(office.sitora)
    for name in ("card", "edit", "base", "bant", "client_create", "contact_add", "lead_create"):
        assert stranger.get(reverse(f"agents:{name}", args=[one.pk])).status_code == 404
    assert one.name not in text_of(stranger, reverse("agents:list"))


def test_a_lead_generator_sees_only_his_own(office: Office) -> None:
    mine, others = make_agent(office, office.lola, "Мой агент"), make_agent(office, office.olim, "Чужой агент")
    browser = signed_in(office.lola)
    listed = text_of(browser, reverse("agents:list"))
    assert "Мой агент" in listed
    assert "Чужой агент" not in listed
    assert browser.get(card(mine)).status_code == 200
    assert browser.get(card(others)).status_code == 404
