"""Deeds that ask again who one is: exports, rights, keys. What was typed meanwhile is not lost."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import service_accounts, stepup
from accounts.models import ApiToken
from common import clock
from tests.office import PASSWORD, Office
from tests.web.pressing import form_of

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=15, seconds=1)


@pytest.fixture
def adiba(office: Office, client: Client) -> Client:
    client.force_login(office.adiba)
    return client


def marked(office: Office) -> dict[str, str]:
    account = service_accounts.create(by=office.adiba, name="ABS")
    return {
        "leads:export": reverse("leads:export"),
        "calls:export": reverse("calls:export"),
        "user_create": reverse("settings:user_create"),
        "user_edit": reverse("settings:user_edit", args=[office.olim.pk]),
        "user_password": reverse("settings:user_password", args=[office.olim.pk]),
        "token_issue": reverse("integrations:token_issue", args=[account.pk]),
        "webhook_create": reverse("integrations:webhook_create"),
        "inbox_create": reverse("integrations:inbox_create"),
    }


def test_a_proof_of_a_quarter_of_an_hour_is_enough_and_an_older_one_is_asked_for_again(
    office: Office, adiba: Client
) -> None:
    addresses = marked(office)
    with time_machine.travel(clock.now() + timedelta(minutes=14), tick=False):
        assert {name: adiba.get(path).status_code for name, path in addresses.items()} == dict.fromkeys(addresses, 200)
    with time_machine.travel(clock.now() + LATER, tick=False):
        for path in addresses.values():
            answer = adiba.get(path)
            assert answer.status_code == 302
            assert answer["Location"].startswith("/account/confirm/?next=")


def test_without_the_guard_an_old_proof_would_do(
    office: Office, adiba: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepup, "FRESH", timedelta(days=1))
    with time_machine.travel(clock.now() + LATER, tick=False):
        assert adiba.get(reverse("leads:export")).status_code == 200


def test_whoever_confirms_goes_where_he_was_going(office: Office, adiba: Client) -> None:
    path = reverse("settings:user_edit", args=[office.olim.pk])
    with time_machine.travel(clock.now() + LATER, tick=False):
        asked = adiba.get(path)["Location"]
        assert 'autocomplete="current-password"' in adiba.get(asked).content.decode()
        wrong = adiba.post(asked, {"_proof_password": "something-else"})
        assert wrong.status_code == 422
        assert "Пароль не подходит" in wrong.content.decode()
        assert adiba.get(path).status_code == 302
        assert adiba.post(asked, {"_proof_password": PASSWORD})["Location"] == path
        assert adiba.get(path).status_code == 200


def test_a_file_is_handed_out_by_a_link_after_the_proof(office: Office, adiba: Client) -> None:
    path = reverse("leads:export") + "?format=xlsx"
    with time_machine.travel(clock.now() + LATER, tick=False):
        asked = adiba.get(path)["Location"]
        page = adiba.post(asked, {"_proof_password": PASSWORD}).content.decode()
        assert f'href="{path}"' in page
        assert adiba.get(path).status_code == 200


@pytest.mark.parametrize("evil", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_nobody_is_led_off_the_site_by_a_proof(adiba: Client, evil: str) -> None:
    answer = adiba.post(reverse("account_confirm") + f"?next={evil}", {"_proof_password": PASSWORD})
    assert answer["Location"] == "/"


def test_what_was_typed_goes_through_with_the_proof(office: Office, adiba: Client) -> None:
    path = reverse("settings:user_edit", args=[office.olim.pk])
    typed = form_of(adiba.get(path).content.decode(), path)
    assert typed is not None
    data = typed.data() | {"name": ["Олим Каримов"]}
    with time_machine.travel(clock.now() + LATER, tick=False):
        asked = adiba.post(path, data)
        assert asked.status_code == 403
        office.olim.refresh_from_db()
        assert office.olim.name == "Olim"
        again = form_of(asked.content.decode(), path)
        assert again is not None
        assert again.data()["name"] == ["Олим Каримов"]
        wrong = adiba.post(path, again.data() | {"_proof_password": ["no-such-word"]})
        assert wrong.status_code == 422
        assert "Олим Каримов" in wrong.content.decode()
        assert adiba.post(path, again.data() | {"_proof_password": [PASSWORD]}).status_code == 302
    office.olim.refresh_from_db()
    assert office.olim.name == "Олим Каримов"


def test_a_password_that_was_typed_is_never_written_into_the_page_that_asks(office: Office, adiba: Client) -> None:
    path = reverse("settings:user_password", args=[office.olim.pk])
    with time_machine.travel(clock.now() + LATER, tick=False):
        answer = adiba.post(path, {"password": "lake-lamp-lemon-17", "_proof_password": "a-wrong-word-of-mine"})
    assert answer.status_code == 422
    assert "lake-lamp-lemon-17" not in answer.content.decode()
    assert "a-wrong-word-of-mine" not in answer.content.decode()


def test_a_key_is_not_made_without_a_fresh_proof(office: Office, adiba: Client) -> None:
    account = service_accounts.create(by=office.adiba, name="ABS")
    path = reverse("integrations:token_issue", args=[account.pk])
    data = {"scopes": ["leads:read"], "days": "30"}
    with time_machine.travel(clock.now() + LATER, tick=False):
        assert adiba.post(path, data).status_code == 403
        assert not ApiToken.objects.exists()
        assert adiba.post(path, data | {"_proof_password": PASSWORD}).status_code == 200
        assert ApiToken.objects.count() == 1


def test_a_dialog_shows_the_question_in_itself(office: Office, adiba: Client) -> None:
    path = reverse("settings:user_edit", args=[office.olim.pk])
    with time_machine.travel(clock.now() + LATER, tick=False):
        sent = adiba.post(path, {"name": "X"}, headers={"HX-Request": "true"})
        opened = adiba.get(path, headers={"HX-Request": "true"})
    assert (sent.status_code, opened.status_code) == (422, 204)
    assert opened["HX-Redirect"].startswith("/account/confirm/?next=")
