"""The block of consents on the cards of an agent, of a client and of a lead."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.models import Consent, Party
from agents.services.consents import record_consent, withdraw_consent
from common import clock
from tests.office import Office
from tests.web.parties import make_agent, make_client, signed_in, text_of

pytestmark = pytest.mark.django_db


def typed(**more: object) -> dict[str, object]:
    day = timezone.localdate() - timedelta(days=3)
    return {"purpose": "marketing", "source": "paper", "text_version": "3", "given_at": day.isoformat()} | more


def consent_of(party: Party, office: Office) -> Consent:
    at = clock.now()
    return record_consent(
        party=party, by=office.olim, at=at, purpose="transfer", source="call", text_version="7", given_at=at
    )


def places(office: Office) -> list[tuple[str, Party]]:
    """(the card, the party) of an agent, a client and a lead."""
    agent, lead = make_agent(office), office.lead(name="Orient Auto")
    client = make_client(office, agent, "Сардор Н.")
    return [
        (reverse("agents:card", args=[agent.pk]), agent),
        (reverse("agents:client", args=[client.pk]), client),
        (reverse("leads:card", args=[lead.pk]), lead.party),
    ]


@pytest.mark.parametrize("n", range(3), ids=["agent", "client", "lead"])
def test_a_consent_is_recorded_seen_and_withdrawn_from_the_card(office: Office, n: int) -> None:
    card, party = places(office)[n]
    browser, deeds = signed_in(office.olim), f"{card}consents/".replace("/clients/", "/")
    add = f"{deeds}new/"
    assert add in text_of(browser, card)
    assert browser.post(add, typed(_once="press-1"))["Location"] == f"{card}#consents"
    browser.post(add, typed(_once="press-1"))
    made = party.consents.get()
    shown = text_of(browser, card)
    assert made.get_purpose_display() in shown
    assert "действует" in shown
    withdraw = f"{deeds}{made.pk}/withdraw/"
    assert withdraw in shown
    assert "Отозвать" in text_of(browser, withdraw)
    assert Consent.objects.get().is_live, "looking is not withdrawing"
    answer = browser.post(withdraw, follow=True).content.decode()
    assert "Согласие отозвано" in answer
    assert "отозвано " in answer
    assert withdraw not in answer
    assert not Consent.objects.get().is_live


def test_todays_consent_stands_after_the_withdrawal_of_this_morning(office: Office) -> None:
    agent, browser = make_agent(office), signed_in(office.olim)
    earlier = consent_of(agent, office)
    withdraw_consent(consent=earlier, by=office.olim, at=clock.now())
    today = timezone.localdate().isoformat()
    browser.post(reverse("agents:consent_add", args=[agent.pk]), typed(purpose="transfer", given_at=today))
    newest, *_rest = agent.consents.all()
    assert newest.is_live
    assert newest.given_at >= Consent.objects.get(pk=earlier.pk).withdrawn_at


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        ({"purpose": ""}, "Выберите, на что дано согласие."),
        ({"purpose": "spam"}, "spam"),
        ({"text_version": " "}, "Укажите редакцию текста"),
        ({"text_version": "ы" * 41}, "длиннее 40 знаков"),
        ({"given_at": "2099-01-01"}, "не могли дать в будущем"),
    ],
)
def test_a_slip_is_told_beside_what_was_typed(office: Office, slip: dict[str, object], said: str) -> None:
    agent = make_agent(office)
    answer = signed_in(office.olim).post(reverse("agents:consent_add", args=[agent.pk]), typed(**slip))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Consent.objects.exists()


def test_a_second_one_is_refused_in_words(office: Office) -> None:
    agent = make_agent(office)
    consent_of(agent, office)
    answer = signed_in(office.olim).post(
        reverse("agents:consent_add", args=[agent.pk]), typed(purpose="transfer", text_version="черновик 9")
    )
    assert answer.status_code == 422
    assert "уже действует" in answer.content.decode()
    assert "черновик 9" in answer.content.decode()


def test_what_proves_it_and_when_it_ends_stand_on_the_card(office: Office) -> None:
    agent, browser = make_agent(office), signed_in(office.olim)
    last = timezone.localdate() + timedelta(days=20)
    more = {"evidence": "Договор № 17, скан в деле", "expires_at": last.isoformat(), "text": "Согласен на передачу"}
    browser.post(reverse("agents:consent_add", args=[agent.pk]), typed(purpose="transfer", **more))
    made, shown = agent.consents.get(), text_of(browser, reverse("agents:card", args=[agent.pk]))
    assert timezone.localtime(made.expires_at).date() == last + timedelta(days=1), "the last day is a whole one"
    assert "Договор № 17" in shown
    assert made.text_hash[:12] in shown
    Consent.objects.update(expires_at=clock.now())
    assert "истекло" in text_of(browser, reverse("agents:card", args=[agent.pk]))
    early = browser.post(
        reverse("agents:consent_add", args=[agent.pk]), typed(purpose="marketing", expires_at="2020-01-01")
    )
    assert early.status_code == 422
    assert "кончается раньше" in early.content.decode()


def test_who_only_reads_sees_consents_and_no_buttons(office: Office) -> None:
    for card, party in places(office):
        consent_of(party, office)
        shown = text_of(signed_in(office.aziz), card)
        assert "Передача данных партнёрам банка" in shown
        assert "consents/" not in shown.replace("#consents", "")


def test_anothers_consent_is_not_withdrawn_by_way_of_ones_own_card(office: Office) -> None:
    own, consent = make_agent(office), consent_of(make_agent(office, office.sitora, "Чужой"), office)
    answer = signed_in(office.olim).post(reverse("agents:consent_withdraw", args=[own.pk, consent.pk]))
    assert answer.status_code == 404
    assert Consent.objects.get().is_live
