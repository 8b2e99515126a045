"""Service accounts in the settings: made, given tokens that are shown once, followed in the log of their calls."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from accounts import calls, service_accounts, tokens
from accounts.models import ApiToken, User
from accounts.roles import Role
from common import clock
from common.ids import uuid7
from tests.office import Office
from tests.web.pressing import form_of as form_in
from web.integrations import log
from web.integrations.scope_words import GROUPS

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(office: Office) -> Client:
    client = Client()
    client.force_login(office.adiba)
    return client


@pytest.fixture
def auditor(office: Office) -> Client:
    client = Client()
    client.force_login(office.aziz)
    return client


@pytest.fixture
def account(office: Office) -> User:
    return service_accounts.create(by=office.adiba, name="АБС", team=office.north)


@pytest.fixture
def issued(office: Office, account: User) -> tokens.Issued:
    return tokens.issue_for(
        user=account, by=office.adiba, scopes=["leads:read", "leads:write"], days=90, at=clock.now()
    )


def url(name: str, *args: object) -> str:
    return reverse(f"integrations:{name}", args=args)


def form_of(client: Client, path: str) -> dict[str, list[str]]:
    """What the page's own form would send."""
    form = form_in(client.get(path).content.decode(), path)
    assert form is not None
    return form.data()


def text_of(response) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def plain_of(response) -> str:
    found = re.search(r"crm_test_[0-9a-f]{16}\.[A-Za-z0-9_-]{43}", response.content.decode())
    return found[0] if found else ""


def test_an_administrator_adds_a_system_and_gives_it_a_token(admin: Client, office: Office) -> None:
    values = form_of(admin, url("account_create")) | {"name": "Сайт", "team": str(office.north.pk), "rate_limit": "100"}
    added = admin.post(url("account_create"), values)
    account = User.objects.get(name="Сайт")
    assert added["Location"] == url("account", account.pk)
    assert (account.role, account.team, account.rate_limit) == (Role.SERVICE, office.north, 100)
    values = form_of(admin, url("token_issue", account.pk))
    values |= {"scopes": ["leads:write", "pii:read"], "days": "30", "addresses": "127.0.0.1\n10.20.0.0/16"}
    shown = admin.post(url("token_issue", account.pk), values)
    token = tokens.authenticate(plain_of(shown), at=clock.now())
    assert token is not None
    assert (token.user, token.created_by) == (account, office.adiba)
    assert token.scopes == ["leads:write", "pii:read"]
    assert token.addresses == ["127.0.0.1/32", "10.20.0.0/16"]
    assert shown["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_a_token_is_shown_once_and_pressing_again_makes_no_other(admin: Client, account: User) -> None:
    values = form_of(admin, url("token_issue", account.pk)) | {"scopes": ["leads:read"]}
    first = admin.post(url("token_issue", account.pk), values)
    again = admin.post(url("token_issue", account.pk), values)
    assert (plain_of(first) != "", again.status_code, again["Location"]) == (True, 302, url("account", account.pk))
    assert ApiToken.objects.count() == 1
    page = admin.get(url("account", account.pk))
    secret = plain_of(first).partition(".")[2]
    assert secret not in page.content.decode()
    assert "уже был показан" in text_of(page)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scopes": []}, "хотя бы одно право"), ({"days": "366"}, "от 1 до 365"), ({"days": "много"}, "целое число"),
        ({"addresses": "10.20.0.0/16, nowhere"}, "nowhere"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_new_token_stands_beside_it_and_nothing_typed_is_lost(
    admin: Client, account: User, changes: dict, said: str
) -> None:
    values = form_of(admin, url("token_issue", account.pk))
    values |= {"scopes": ["leads:read"], "days": "77", "addresses": "10.1.1.1"} | changes
    refused = admin.post(url("token_issue", account.pk), values)
    assert (refused.status_code, plain_of(refused)) == (422, "")
    assert said.lower() in text_of(refused).lower()
    assert not ApiToken.objects.exists()
    for typed in values["days"], values["addresses"]:
        assert typed in unescape(refused.content.decode())


def test_a_new_secret_lives_beside_the_old_one(admin: Client, account: User, issued: tokens.Issued) -> None:
    page = url("token_rotate", issued.token.pk)
    shown = admin.post(page, form_of(admin, page) | {"old_days": "3", "days": "60"})
    assert tokens.authenticate(plain_of(shown), at=clock.now()) is not None
    assert tokens.authenticate(issued.plain, at=clock.now()) is not None
    assert "прежний секрет живёт до" in text_of(admin.get(url("account", account.pk)))
    assert tokens.authenticate(issued.plain, at=clock.now() + timedelta(days=4)) is None


def test_two_administrators_do_not_rotate_past_each_other(admin: Client, issued: tokens.Issued) -> None:
    page = url("token_rotate", issued.token.pk)
    one, other = form_of(admin, page), form_of(admin, page)
    assert plain_of(admin.post(page, one))
    late = admin.post(page, other)
    assert (late.status_code, plain_of(late)) == (409, "")


def test_a_token_is_bound_to_addresses_and_let_go(admin: Client, issued: tokens.Issued) -> None:
    page = url("token_addresses", issued.token.pk)
    admin.post(page, form_of(admin, page) | {"addresses": "10.9.0.0/16"})
    assert ApiToken.objects.get().addresses == ["10.9.0.0/16"]
    wrong = admin.post(page, form_of(admin, page) | {"addresses": "10.9.0.0/99"})
    assert (wrong.status_code, "10.9.0.0/99" in text_of(wrong)) == (422, True)
    admin.post(page, form_of(admin, page) | {"addresses": ""})
    assert ApiToken.objects.get().addresses == []


def test_a_revoked_token_is_over_at_once(admin: Client, account: User, issued: tokens.Issued) -> None:
    page = url("token_revoke", issued.token.pk)
    assert "перестанет действовать сразу" in text_of(admin.get(page))
    admin.post(page, form_of(admin, page))
    assert tokens.authenticate(issued.plain, at=clock.now()) is None
    shown = text_of(admin.get(url("account", account.pk)))
    assert "отозван" in shown
    assert "Отозвать" not in shown


def test_an_account_is_shut_and_says_so(admin: Client, account: User, issued: tokens.Issued) -> None:
    values = form_of(admin, url("account_edit", account.pk))
    values.pop("is_active")
    admin.post(url("account_edit", account.pk), values)
    assert tokens.authenticate(issued.plain, at=clock.now()) is None
    assert "Доступ закрыт" in text_of(admin.get(url("account", account.pk)))


def test_the_list_tells_what_ends_soon_and_who_called_last(
    admin: Client, office: Office, issued: tokens.Issued
) -> None:
    assert "действует" in text_of(admin.get(url("accounts")))
    ApiToken.objects.update(expires_at=clock.now() + timedelta(days=5))
    call(ip="10.20.30.40", used=issued.token.pk)
    shown = text_of(admin.get(url("accounts")))
    assert "скоро конец" in shown
    assert "10.20.30.40" in shown
    tokens.revoke(token=issued.token, at=clock.now())
    assert "скоро конец" not in text_of(admin.get(url("accounts")))


def test_auditors_read_and_are_offered_nothing(auditor: Client, account: User, issued: tokens.Issued) -> None:
    for page in (url("accounts"), url("account", account.pk), url("log")):
        shown = auditor.get(page)
        assert shown.status_code == 200
        assert not [word for word in ("Выпустить ключ", "Отозвать", "Добавить систему") if word in text_of(shown)]
    for page in (url("account_create"), url("token_issue", account.pk), url("token_revoke", issued.token.pk)):
        assert auditor.get(page).status_code == auditor.post(page).status_code == 403
    assert tokens.authenticate(issued.plain, at=clock.now()) is not None


def test_every_right_has_its_words() -> None:
    told = [scope for _group, lines in GROUPS for scope, _words in lines]
    assert sorted(told) == sorted(tokens.SCOPES)


def call(*, used: UUID | None = None, **changes: object) -> None:
    usual = {
        "at": clock.now(), "user_id": None, "token_key": "", "method": "GET", "route": "/api/v1/leads/",
        "object_id": None, "status": 200, "milliseconds": 12, "size": 345, "ip": "10.0.0.1",
        "request_id": str(uuid7()),
    }  # fmt: skip
    calls.write(calls.Call(**(usual | changes)), used=used)


def test_the_log_narrows_by_every_condition(auditor: Client, account: User) -> None:
    now = clock.now()
    call(user_id=account.pk, token_key="a" * 16, request_id="of-account")
    call(status=404, route="/api/v1/leads/{id}/", request_id="not-found")
    call(status=500, request_id="our-fault")
    call(at=now - timedelta(days=20), request_id="long-ago")

    def seen(**query: object) -> set[str]:
        told = text_of(auditor.get(url("log"), query))
        return {name for name in ("of-account", "not-found", "our-fault", "long-ago") if name in told}

    assert seen() == {"of-account", "not-found", "our-fault"}
    assert seen(account=account.pk) == {"of-account"}
    assert seen(outcome="9") == {"not-found", "our-fault"}
    assert (seen(outcome="2"), seen(outcome="4"), seen(outcome="5")) == ({"of-account"}, {"not-found"}, {"our-fault"})
    assert seen(route="/api/v1/leads/{id}/") == {"not-found"}
    assert seen(until=f"{now - timedelta(days=19):%Y-%m-%d}") == {"long-ago"}
    assert seen(since=f"{now - timedelta(days=30):%Y-%m-%d}", outcome="2") == {"of-account", "long-ago"}


@pytest.mark.parametrize(
    "query",
    [
        {"account": "x"}, {"outcome": "7"}, {"route": "/nowhere/"}, {"since": "0001-01-01"}, {"until": "9999-12-31"},
        {"after": "x"}, {"after": "2026-01-01T00:00:00+00:00_99999999999999999999"}, {"after": "2026-01-01_1"},
        {"after": "9999-99-99T00:00:00+00:00_1"}, {"after": "0001-01-01T00:00:00+23:00_1"},
    ],
)  # fmt: skip
def test_what_the_log_does_not_understand_it_passes_over(auditor: Client, query: dict) -> None:
    call()
    assert auditor.get(url("log"), query).status_code == 200


def test_the_log_goes_back_by_portions_that_no_new_call_shifts(auditor: Client, monkeypatch) -> None:
    monkeypatch.setattr(log, "PORTION", 2)
    for n in range(5):
        call(request_id=f"call-{n}")
    seen, page = [], url("log")
    while page:
        shown = auditor.get(page).content.decode()
        seen += re.findall(r"call-\d", shown)
        call(request_id="call-new")
        link = re.search(r'id="more-link" class="btn" href="([^"]+)"', shown)
        page = url("log") + unescape(link[1]) if link else ""
    assert seen == ["call-4", "call-3", "call-2", "call-1", "call-0"]


def test_the_log_offers_the_addresses_that_its_rows_have(auditor: Client) -> None:
    assert {"/api/v1/leads/", "/api/v1/leads/{id}/", "/api/v1/me/"} <= set(log.routes())
    assert not [route for route in log.routes() if "<" in route or not route.startswith("/api/v1/")]


def test_no_template_of_tokens_asks_for_scripts() -> None:
    """Selecting the token by hand, and every deed, goes by plain markup; the copying link leads to the text itself."""
    page = Path("templates/integrations/token_secret.html").read_text()
    assert 'href="#token-plain"' in page
    assert 'id="token-plain"' in page
