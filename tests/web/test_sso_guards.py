"""Guards of single sign-on, each taken away: what it kept out comes in. Where several stand behind one another, each of
them alone still keeps it out."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection
from django.test import Client
from jwt.algorithms import HMACAlgorithm, RSAAlgorithm

from accounts import oidc, oidc_service
from accounts.models import Identity
from common import clock
from tests.accounts.idp import Provider
from tests.office import Office
from tests.web.sso import HOME, address, come_back

pytestmark = pytest.mark.django_db
# What ties an answer to the browser that asked, and what is found wrong where that one alone is left.
TIES = {"_of_this_browser": "state", "_challenge": "answer 400", "_of_this_sign_in": "nonce"}


def untied(monkeypatch: pytest.MonkeyPatch, *, but: str) -> None:
    """All that ties an answer to its browser is gone, but one."""
    for guard in TIES:
        if guard != but:
            monkeypatch.setattr(oidc, guard, (lambda *_: {}) if guard == "_challenge" else (lambda *_: True))


def slip_in(client: Client, idp: Provider) -> Any:
    """A stranger's whole answer under a browser that is on its way itself: it would work in the stranger's name."""
    strangers = idp.authorize(address(Client().post(HOME)))
    client.post(HOME)
    return client.get(f"{HOME}back/?{strangers}")


def spend_a_stolen_code(client: Client, idp: Provider) -> Any:
    """Olim's code, caught on its way, with the state of the thief's own sign-in."""
    stolen = parse_qs(idp.authorize(address(Client().post(HOME))))["code"][0]
    own = parse_qs(urlsplit(address(client.post(HOME))).query)["state"][0]
    return client.get(f"{HOME}back/?code={stolen}&state={own}")


@pytest.mark.parametrize("guard", TIES)
def test_each_tie_alone_keeps_a_strangers_answer_out(
    client: Client, idp: Provider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, guard: str
) -> None:
    untied(monkeypatch, but=guard)
    assert slip_in(client, idp).status_code == 403
    assert f"refused: {TIES[guard]}" in caplog.text


@pytest.mark.parametrize("guard", ["_challenge", "_of_this_sign_in"])
def test_each_tie_alone_keeps_a_stolen_code_out(
    client: Client, idp: Provider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, guard: str
) -> None:
    untied(monkeypatch, but=guard)
    assert spend_a_stolen_code(client, idp).status_code == 403
    assert f"refused: {TIES[guard]}" in caplog.text


@pytest.mark.parametrize("lie", [slip_in, spend_a_stolen_code])
def test_without_any_tie_both_would_pass(
    office: Office, client: Client, idp: Provider, monkeypatch: pytest.MonkeyPatch, lie: Any
) -> None:
    untied(monkeypatch, but="")
    assert lie(client, idp).status_code == 302
    assert client.get("/account/").wsgi_request.user == office.olim


@pytest.mark.parametrize(("seconds", "status"), [(600, 403), (6000, 302)])
def test_an_answer_is_awaited_for_ten_minutes_and_only_that_keeps_it_out(
    client: Client, idp: Provider, monkeypatch: pytest.MonkeyPatch, seconds: int, status: int
) -> None:
    monkeypatch.setattr(oidc, "FLOW_SECONDS", seconds)
    begun = address(client.post(HOME))
    with time_machine.travel(clock.now() + timedelta(seconds=610), tick=True):
        assert client.get(f"{HOME}back/?{idp.authorize(begun)}").status_code == status


def test_without_a_look_at_its_name_another_service_would_be_gone_to(
    client: Client, idp: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    idp.issuer = "https://somebody-else.test"
    monkeypatch.setattr(oidc_service, "_is_the_one", lambda *_: True)
    assert address(client.post(HOME)).startswith("http://127.0.0.1")


def test_by_the_subject_alone_another_person_would_be_let_in(
    office: Office, client: Client, idp: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    Identity.objects.create(user=office.adiba, issuer="https://other.bank.test", subject=idp.subject)
    monkeypatch.setattr(oidc, "_tied", lambda _issuer, subject: Identity.objects.get(subject=subject))
    come_back(client, idp)
    assert client.get("/account/").wsgi_request.user == office.adiba


def test_without_the_rule_of_one_subject_a_mail_that_was_taken_over_would_open_the_account(
    office: Office, client: Client, idp: Provider
) -> None:
    come_back(client, idp)
    client.post("/logout/")
    idp.subject = "the-next-holder-of-the-mail"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_identity DROP CONSTRAINT accounts_identity_of_user")
    assert come_back(client, idp).status_code == 302
    assert client.get("/account/").wsgi_request.user == office.olim


def swapped(idp: Provider, monkeypatch: pytest.MonkeyPatch, *, but: str) -> None:
    """The token is signed with the public key as if that were a secret; of three who see that, one is left."""
    idp.sign = idp.hs256_by_public_key
    if but != "our list":
        monkeypatch.setattr(oidc, "ALGORITHMS", (*oidc.ALGORITHMS, "HS256"))
    if but != "the key's kind":
        monkeypatch.setattr(oidc, "key_of", lambda *_: idp.public_pem)
    if but != "the library":
        monkeypatch.setattr(HMACAlgorithm, "prepare_key", lambda _self, key: key)


@pytest.mark.parametrize("guard", ["our list", "the key's kind", "the library"])
def test_each_of_three_alone_sees_a_public_key_taken_for_a_secret(
    client: Client, idp: Provider, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    swapped(idp, monkeypatch, but=guard)
    assert come_back(client, idp).status_code == 403


def test_without_all_three_the_swap_would_pass(client: Client, idp: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    swapped(idp, monkeypatch, but="")
    assert come_back(client, idp).status_code == 302


def test_a_key_that_the_service_changed_is_fetched_once(client: Client, idp: Provider) -> None:
    come_back(client, idp)
    idp.roll()
    assert [come_back(Client(), idp).status_code for _n in range(2)] == [302, 302]
    assert idp.keys_asked == 2, "the key of before, and the new one: kept for all who come after"


def test_a_key_that_is_nowhere_is_asked_for_once_more_and_not_again(client: Client, idp: Provider) -> None:
    come_back(client, idp)
    idp.sign = lambda claims: idp.rs256(claims, kid="nowhere")
    assert come_back(Client(), idp).status_code == 403
    assert idp.keys_asked == 2


def test_without_asking_anew_a_changed_key_would_shut_everybody_out(
    client: Client, idp: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_back(client, idp)
    idp.roll()
    plain = oidc_service._fetch
    monkeypatch.setattr(oidc_service, "_fetch", lambda what, url, anew=False: plain(what, url))
    assert come_back(Client(), idp).status_code == 403


@pytest.mark.parametrize("named", ["jwk", "jku"])
def test_a_key_that_the_token_itself_names_is_not_taken(client: Client, idp: Provider, named: str) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    own = json.loads(RSAAlgorithm.to_jwk(stranger.public_key()))
    head = {"kid": "k1", named: own if named == "jwk" else "https://evil.test/keys"}
    idp.sign = lambda claims: jwt.encode(claims, stranger, algorithm="RS256", headers=head)
    assert come_back(client, idp).status_code == 403


def test_what_the_service_gave_is_neither_kept_nor_handed_on(client: Client, idp: Provider) -> None:
    given: list[str] = []
    idp.sign = lambda claims: given.append(idp.rs256(claims)) or given[-1]
    answer = come_back(client, idp)
    kept = json.dumps(dict(client.session.items()), default=str)
    assert given[0] not in kept + answer.content.decode() + str(answer.headers) + str(client.cookies)
    assert "unused" not in kept, "the access token"
