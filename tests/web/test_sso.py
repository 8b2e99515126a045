"""Single sign-on against a real service on a port: one that tells the truth, and one that lies in ten ways."""

from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client
from oidc_provider_mock import User as MockUser
from oidc_provider_mock import run_server_in_thread

from accounts import oidc, services
from accounts.models import Identity, Session, User
from accounts.session_store import METHOD
from common import clock
from tests.accounts.idp import CLIENT, SECRET, Provider
from tests.office import Office
from tests.web.sso import HOME, address, come_back

pytestmark = [
    pytest.mark.django_db,
    # The provider that others wrote speaks with libraries of its own age.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def test_a_person_signs_in_by_the_banks_service_and_is_known_by_his_subject_from_then_on(
    office: Office, client: Client, idp: Provider
) -> None:
    assert "Войти через Bank ID" in client.get("/login/").content.decode()
    answer = come_back(client, idp, next="/account/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert client.session[METHOD] == "sso"
    assert {"code_challenge_method", "nonce", "state"} <= set(idp.asked)
    assert Identity.objects.get().user == office.olim
    idp.mail = "renamed@bank.test"
    again = Client()
    assert come_back(again, idp)["Location"] == "/"
    assert again.get("/account/").wsgi_request.user == office.olim


def other_key(claims: dict[str, Any]) -> str:
    import jwt

    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": "k1"})


CLAIMS = {
    "wrong issuer": {"iss": "https://evil.test"},
    "wrong audience": {"aud": "another-client"},
    "several audiences without a party": {"aud": [CLIENT, "another-client"]},
    "several audiences of another party": {"aud": [CLIENT, "another-client"], "azp": "another-client"},
    "another party": {"azp": "another-client"},
    "wrong nonce": {"nonce": "of-another-sign-in"},
    "no nonce": {"nonce": ""},
    "expired": {"exp": 1_700_000_000},
    "of the future": {"iat": 4_000_000_000},
    "mail that nobody checked": {"email_verified": False},
    "mail checked in words": {"email_verified": "true"},
    "no subject": {"sub": ""},
    "a subject without end": {"sub": "1" * 256},
}
# The guard that each of them meets; without it the lie is told well enough to pass.
GUARDS = {
    "wrong issuer": "verify_iss", "wrong audience": "verify_aud", "several audiences without a party": "_for_us",
    "several audiences of another party": "_for_us", "another party": "_for_us", "wrong nonce": "_of_this_sign_in",
    "no nonce": "_of_this_sign_in", "expired": "_timely", "of the future": "_timely",
    "mail that nobody checked": "_checked", "mail checked in words": "_checked", "no subject": "_named_there",
}  # fmt: skip


@pytest.mark.parametrize("lie", CLAIMS)
def test_a_claim_that_does_not_hold_lets_nobody_in(client: Client, idp: Provider, lie: str) -> None:
    idp.twist = lambda claims: claims | CLAIMS[lie]
    assert come_back(client, idp).status_code == 403
    assert not Session.objects.exclude(user=None).exists()
    assert not Identity.objects.exists()


@pytest.mark.parametrize("way", ["none", "hs256_by_public_key", "unsigned", "other_key"])
def test_a_signature_that_is_none_of_the_services_lets_nobody_in(client: Client, idp: Provider, way: str) -> None:
    idp.sign = other_key if way == "other_key" else getattr(idp, way)
    assert come_back(client, idp).status_code == 403
    assert client.get("/account/").status_code == 302


def without(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if guard.startswith("_"):
        monkeypatch.setattr(oidc, guard, lambda *_: True)
        return
    plain = oidc.jwt.decode

    def lenient(*args: Any, options: dict[str, Any], **given: Any) -> Any:
        return plain(*args, **given, options=options | {guard: False})

    monkeypatch.setattr(oidc.jwt, "decode", lenient)


@pytest.mark.parametrize("lie", GUARDS)
def test_without_its_guard_each_lie_would_pass(
    client: Client, idp: Provider, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    idp.twist = lambda claims: claims | CLAIMS[lie]
    without(GUARDS[lie], monkeypatch)
    assert come_back(client, idp).status_code == 302


@pytest.mark.parametrize("way", ["none", "unsigned", "other_key"])
def test_without_a_look_at_the_signature_each_forgery_would_pass(
    client: Client, idp: Provider, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    idp.sign = other_key if way == "other_key" else getattr(idp, way)
    monkeypatch.setattr(oidc, "ALGORITHMS", ("RS256", "none", "HS256"))
    without("verify_signature", monkeypatch)
    if way == "none":
        monkeypatch.setattr(oidc, "key_of", lambda *_: "")
    assert come_back(client, idp).status_code == 302


@pytest.mark.parametrize(("age", "status"), [(60, 302), (3600, 403), ("yesterday", 403)])
def test_an_old_sign_in_there_confirms_nobody_here(
    office: Office, client: Client, idp: Provider, age: int | str, status: int
) -> None:
    come_back(client, idp)
    then = int(clock.now().timestamp()) - age if isinstance(age, int) else age
    idp.twist = lambda claims: claims | {"auth_time": then}
    assert come_back(client, idp, next="/leads/export/").status_code == status


def test_without_that_guard_it_would_confirm_him(
    office: Office, client: Client, idp: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_back(client, idp)
    idp.twist = lambda claims: claims | {"auth_time": int(clock.now().timestamp()) - 3600}
    without("_just_now", monkeypatch)
    assert come_back(client, idp, next="/leads/export/").status_code == 302


def test_a_code_is_good_once_and_only_in_the_browser_that_asked(client: Client, idp: Provider) -> None:
    begun = client.post(HOME)
    query = idp.authorize(address(begun))
    assert Client().get(f"{HOME}back/?{query}").status_code == 403
    assert client.get(f"{HOME}back/?{query}").status_code == 302
    client.post("/logout/")
    assert client.get(f"{HOME}back/?{query}").status_code == 403
    client.post(HOME)
    assert client.get(f"{HOME}back/?{query}").status_code == 403, "the state of another sign-in"


def test_the_same_subject_of_another_service_is_another_person(
    office: Office, client: Client, idp: Provider, settings: Any
) -> None:
    Identity.objects.create(user=office.adiba, issuer="https://other.bank.test", subject=idp.subject)
    come_back(client, idp)
    assert client.get("/account/").wsgi_request.user == office.olim


def test_a_mail_that_was_taken_over_opens_no_account_that_another_subject_holds(
    office: Office, client: Client, idp: Provider
) -> None:
    come_back(client, idp)
    client.post("/logout/")
    idp.subject = "the-next-holder-of-the-mail"
    assert come_back(client, idp).status_code == 403
    assert client.get("/account/").status_code == 302


def test_nobody_is_made_unless_the_operator_said_with_which_role(client: Client, idp: Provider, settings: Any) -> None:
    idp.mail, idp.subject = "new@bank.test", "person-2"
    assert come_back(client, idp).status_code == 403
    settings.OIDC_CREATES_USERS = "administrator"
    assert come_back(client, idp).status_code == 403
    settings.OIDC_CREATES_USERS = "lead_generator"
    assert come_back(client, idp).status_code == 302
    assert User.objects.get(email="new@bank.test").role == "lead_generator"


def test_a_closed_account_stays_closed(office: Office, client: Client, idp: Provider) -> None:
    services.update_user(user=office.olim, by=office.adiba, changes={"is_active": False})
    assert come_back(client, idp).status_code == 403


def test_a_service_that_calls_itself_otherwise_is_not_asked(client: Client, idp: Provider) -> None:
    idp.issuer = "https://somebody-else.test"
    assert client.post(HOME).status_code == 403


def test_five_forged_answers_are_looked_at_and_a_good_one_passes_all_the_same(
    office: Office, client: Client, idp: Provider
) -> None:
    forged = [Client().get(f"{HOME}back/?code=a&state=b").status_code for _n in range(6)]
    assert forged == [403] * 5 + [429]
    assert come_back(client, idp).status_code == 302


def test_whoever_signed_in_there_confirms_himself_there(office: Office, client: Client, idp: Provider) -> None:
    come_back(client, idp)
    office.olim.refresh_from_db()
    path = "/leads/export/"
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=True):
        asked = client.get(path)["Location"]
        assert "службе входа банка" in client.get(asked).content.decode()
        assert come_back(client, idp, next=path)["Location"] == path
        assert idp.asked["prompt"] == "login"
        assert client.get(path).status_code == 200


def test_another_persons_sign_in_confirms_nobody(office: Office, client: Client, idp: Provider) -> None:
    client.force_login(office.adiba)
    assert come_back(client, idp).status_code == 403
    assert client.get("/account/").wsgi_request.user == office.adiba


def test_without_settings_there_is_no_such_door(client: Client, db: None) -> None:
    assert client.post(HOME)["Location"] == "/login/"
    assert client.get(f"{HOME}back/")["Location"] == "/login/"
    assert "login/sso" not in client.get("/login/").content.decode()


def test_a_provider_that_others_wrote_is_understood(office: Office, client: Client, settings: Any) -> None:
    cache.clear()
    person = MockUser(sub="mock-1", claims={"email": office.olim.email, "email_verified": True})
    with run_server_in_thread(user_claims=[person], require_client_registration=False) as server:
        settings.OIDC_ISSUER = f"http://localhost:{server.server_port}"
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
        begun = client.post(HOME)
        there = requests.post(address(begun), data={"sub": "mock-1"}, allow_redirects=False, timeout=5)
        back = there.headers["Location"]
        assert client.get(back.replace("http://testserver", "")).status_code == 302
    assert client.get("/account/").wsgi_request.user == office.olim
