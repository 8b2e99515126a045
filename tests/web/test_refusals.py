"""The page of refusals: who said «стоп», and lifting it at his wish."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import Party
from common import clock
from outreach.choices import OptOutSource
from outreach.models import OptOut
from tests.office import Office

pytestmark = pytest.mark.django_db
PAGE = "/outreach/refusals/"


@pytest.fixture
def olim(office: Office) -> Client:
    client = Client()
    client.force_login(office.olim)
    return client


def _refused(office: Office, name: str = "Бобур Азимов", owner: str = "olim") -> OptOut:
    party = office.lead(getattr(office, owner), name=name).party
    return OptOut.objects.create(party=party, source=OptOutSource.WORD, at=clock.now() - timedelta(days=5))


def _said(**changes: str) -> dict[str, str]:
    day = timezone.localdate().strftime("%d.%m.%Y")
    said = {"reason": "Сам попросил", "text_version": "3", "given_at": day, "source": "paper", "_once": "a"}
    return said | changes


def test_the_list_tells_who_refused_and_how(office: Office, olim: Client) -> None:
    _refused(office)
    _refused(office, "Чужой Агент", owner="sitora")
    text = olim.get(PAGE).content.decode()
    assert "Бобур Азимов" in text
    assert "Чужой Агент" not in text
    assert "ответил «стоп»" in text
    assert "Бобур Азимов" in olim.get(PAGE, {"q": "бобур"}).content.decode()
    assert "По этим словам отказов нет" in olim.get(PAGE, {"q": "никто"}).content.decode()


def test_lifting_asks_for_a_reason_and_a_consent_and_keeps_what_was_typed(office: Office, olim: Client) -> None:
    refusal = _refused(office)
    where = reverse("outreach:refusal_lift", args=[refusal.pk])
    wrong = olim.post(where, _said(reason="", text_version="редакция семь"))
    assert wrong.status_code == 422
    assert "Напишите, почему снова можно писать" in wrong.content.decode()
    assert "редакция семь" in wrong.content.decode()
    old = olim.post(where, _said(given_at=(timezone.localdate() - timedelta(days=9)).strftime("%d.%m.%Y")))
    assert "дано после отказа" in old.content.decode()
    done = olim.post(where, _said())
    assert done.url == PAGE
    assert "Бобур Азимов" not in olim.get(PAGE).content.decode()
    assert "Сам попросил" in olim.get(PAGE, {"view": "lifted"}).content.decode()


def test_the_card_s_messages_lead_to_the_lifting(office: Office, olim: Client) -> None:
    refusal = _refused(office)
    party = Party.objects.get(pk=refusal.party_id)
    text = olim.get(f"/agents/{party.pk}/?tab=messages").content.decode()
    assert "Отказался от рассылок" in text
    assert reverse("outreach:refusal_lift", args=[refusal.pk]) in text
    assert "Больше не писать" not in text


def test_a_stranger_and_an_auditor_lift_nothing(office: Office, olim: Client) -> None:
    foreign = _refused(office, owner="sitora")
    assert olim.post(reverse("outreach:refusal_lift", args=[foreign.pk]), _said()).status_code == 404
    auditor = Client()
    auditor.force_login(office.aziz)
    assert auditor.get(PAGE).status_code == 200
    assert auditor.post(reverse("outreach:refusal_lift", args=[foreign.pk]), _said()).status_code == 403


def test_an_address_of_nobody_is_shown_to_those_who_see_all_without_a_button(
    office: Office, olim: Client, settings: Any
) -> None:
    settings.MASKING = {}
    OptOut.objects.create(channel="email", address="unknown@x.test", source=OptOutSource.WORD, at=clock.now())
    assert "unknown@x.test" not in olim.get(PAGE).content.decode()
    admin = Client()
    admin.force_login(office.adiba)
    text = admin.get(PAGE).content.decode()
    assert "unknown@x.test" in text
    assert "Снять отказ" not in text
