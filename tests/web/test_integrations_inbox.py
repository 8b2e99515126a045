"""«Входящие»: sources made and rotated with the secret shown once, the journal, a failed message tried again."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inbox.models import Arrival, BodyView, InboundSource
from tests.forms.desk import work_off
from tests.inbox.post import System, account
from tests.office import Office

pytestmark = pytest.mark.django_db
INDEX = "/settings/integrations/inbox/"


@pytest.fixture
def adiba(office: Office, client: Client) -> Client:
    client.force_login(office.adiba)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def once_of(page: str) -> str:
    found = re.search(r'name="_once" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_source_is_made_by_a_plain_form_and_its_secret_shown_once(office: Office, adiba: Client) -> None:
    by = account(office)
    page = text(adiba.get(f"{INDEX}new/"))
    sent = {"name": "Телефония", "code": "pbx", "account": by.pk, "types": ["call.ended"], "_once": once_of(page)}
    made = adiba.post(f"{INDEX}new/", sent)
    source = InboundSource.objects.get()
    shown = re.search(r"whsec_[A-Za-z0-9+/=]+", text(made))
    assert shown is not None
    assert reverse("hook_inbox", args=[source.key]) in text(made)
    assert "no-store" in made["Cache-Control"]
    again = adiba.post(f"{INDEX}new/", sent)
    assert (again.status_code, again["Location"]) == (302, INDEX)
    assert InboundSource.objects.count() == 1
    listed = text(adiba.get(INDEX))
    assert "Телефония" in listed
    assert "whsec_" not in listed


def test_what_is_wrong_with_a_source_is_said_and_nothing_typed_is_lost(office: Office, adiba: Client) -> None:
    System(office)
    taken = InboundSource.objects.get().code
    answer = adiba.post(f"{INDEX}new/", {"name": "Вторая", "code": taken, "account": account(office).pk})
    assert answer.status_code == 422
    assert "Код системы уже занят" in text(answer)
    assert 'value="Вторая"' in text(answer)
    person = adiba.post(f"{INDEX}new/", {"name": "Вторая", "code": "b", "account": office.olim.pk})
    assert person.status_code == 422


def test_a_secret_is_rotated_and_a_source_paused_and_taken_up_again(office: Office, adiba: Client) -> None:
    system = System(office)
    rotated = adiba.post(f"{INDEX}sources/{system.source.pk}/secret/")
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", text(rotated))
    assert found is not None
    assert found[0] != system.secret
    assert system.tell("x", {}, secret=found[0]) == 202
    adiba.post(f"{INDEX}sources/{system.source.pk}/use/")
    assert system.tell("x", {}) == 503
    adiba.post(f"{INDEX}sources/{system.source.pk}/use/", {"active": "1"})
    assert system.tell("x", {}) == 202


def test_the_journal_tells_how_each_message_went_and_hides_its_body(office: Office, adiba: Client) -> None:
    system = System(office)
    system.tell("call.ended", {"external_id": "c-77", "phone": "+998901234567"})
    work_off()
    journal = text(adiba.get(INDEX))
    assert "c-77" in journal
    assert "Не удалось" in journal
    assert "+998901234567" not in journal
    assert "c-77" in text(adiba.get(f"{INDEX}?state=failed"))
    assert "c-77" not in text(adiba.get(f"{INDEX}?state=done"))
    address = f"{INDEX}{Arrival.objects.get().pk}/"
    assert "+998901234567" not in text(adiba.get(address))
    assert not BodyView.objects.exists()
    assert "+998901234567" in text(adiba.post(address))
    assert BodyView.objects.get().by == office.adiba


def test_an_auditor_reads_the_journal_and_neither_the_body_nor_changes_anything(office: Office) -> None:
    system = System(office)
    system.tell("weather", {"phone": "+998901234567"})
    aziz = Client()
    aziz.force_login(office.aziz)
    address = f"{INDEX}{Arrival.objects.get().pk}/"
    assert (aziz.get(INDEX).status_code, aziz.get(address).status_code) == (200, 200)
    refused = [
        aziz.post(address), aziz.post(f"{address}retry/"), aziz.get(f"{INDEX}new/"),
        aziz.post(f"{INDEX}sources/{system.source.pk}/secret/"), aziz.post(f"{INDEX}sources/{system.source.pk}/use/"),
    ]  # fmt: skip
    assert {answer.status_code for answer in refused} == {403}
    assert not any("+998901234567" in text(answer) for answer in refused)


def test_a_failed_message_is_put_back_by_a_button(office: Office, adiba: Client) -> None:
    system = System(office)
    system.tell("call.ended", {})
    work_off()
    address = f"{INDEX}{Arrival.objects.get().pk}/"
    assert "Попробовать ещё раз" in text(adiba.get(address))
    adiba.post(f"{address}retry/")
    assert Arrival.objects.get().state == "received"
    assert "Попробовать ещё раз" not in text(adiba.get(address))
