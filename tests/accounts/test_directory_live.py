"""Sign-in by a real directory. Needs ``django-auth-ldap`` and OpenLDAP's server, which the suite goes without: how to
run it stands in docs/operations.md, «Sign-in»."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client

from accounts.models import Session, User
from accounts.roles import Role
from salescrm.settings.directory import PATIENCE_SECONDS, settings_of
from salescrm.settings.env import Unset
from tests.accounts import slapd
from tests.accounts.factors import SECRET, code_at, with_app
from tests.accounts.slapd import THERE, Slapd
from tests.channels.certificates import certify
from tests.monitoring.test_production import start
from tests.office import PASSWORD, Office
from tests.web.test_second_factor import later

ldap = pytest.importorskip("ldap")
pytest.importorskip("django_auth_ldap")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not slapd.PROGRAM, reason="no slapd on this machine"),
]
BACKENDS = "['allauth.account.auth_backends.AuthenticationBackend', 'accounts.directory_backend.Directory']"
AWAY, WRONG = "Каталог учётных записей банка не отвечает", "Почта или пароль не подходят"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    people = {"olim": "Olim@bank.test", "nodira": "nodira@bank.test", "stranger": "stranger@bank.test"}
    twins = dict.fromkeys(("oksana", "oksana-too"), "oksana@bank.test")
    with slapd.serving(tmp_path_factory.mktemp("slapd"), people | twins) as running:
        yield running


def point_at(url: str, settings: Any, monkeypatch: pytest.MonkeyPatch, **environ: str) -> None:
    given = {"LDAP_BASE": slapd.BASE, "LDAP_BIND_DN": slapd.READER, "LDAP_BIND_PASSWORD": slapd.READERS_WORD} | environ
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.LDAP_URL = url
    settings.AUTHENTICATION_BACKENDS = [
        "allauth.account.auth_backends.AuthenticationBackend", "accounts.directory_backend.Directory",
    ]  # fmt: skip
    for name, value in settings_of(url).items():
        setattr(settings, name, value)


@pytest.fixture
def asked(server: Slapd, office: Office, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Slapd:
    point_at(server.tls, settings, monkeypatch, LDAP_CA_FILE=server.authority)
    return server


def sign_in(client: Client, mail: str, password: str = THERE) -> Any:
    return client.post("/login/", {"login": mail, "password": password})


def test_a_right_password_of_the_directory_signs_in_and_changes_nobody(
    office: Office, client: Client, asked: Slapd
) -> None:
    before = User.objects.filter(pk=office.olim.pk).values().get()
    assert sign_in(client, "OLIM@bank.test")["Location"] == "/"
    assert client.get("/account/").wsgi_request.user == office.olim
    after = User.objects.filter(pk=office.olim.pk).values().get()
    assert {name for name in after if after[name] != before[name]} == {"last_login"}


def test_start_tls_does_as_well(
    office: Office, client: Client, server: Slapd, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(server.plain, settings, monkeypatch, LDAP_CA_FILE=server.authority)
    assert sign_in(client, office.olim.email).status_code == 302


def test_ones_own_password_is_good_beside_it(office: Office, client: Client, asked: Slapd) -> None:
    assert sign_in(client, office.olim.email, PASSWORD).status_code == 302


def test_the_second_factor_is_asked_for_and_demanded_as_of_everybody(
    office: Office, client: Client, asked: Slapd, settings: Any
) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({Role.SALES_HEAD})
    assert sign_in(client, office.nodira.email).status_code == 302
    assert client.get("/leads/")["Location"] == "/account/security/"
    with_app(office.olim)
    other = Client()
    with later():
        assert sign_in(other, office.olim.email)["Location"] == "/login/code/"
        assert other.post("/login/code/", {"code": code_at(SECRET)})["Location"] == "/"


def test_wrong_passwords_are_counted_with_the_others(office: Office, client: Client, asked: Slapd) -> None:
    answers = [sign_in(client, office.olim.email, "not-the-password") for _n in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert sign_in(client, office.olim.email).status_code == 429, "not even the right one"


@pytest.mark.parametrize("mail", ["stranger@bank.test", "nobody@bank.test", "oksana@bank.test"])
def test_whoever_is_not_here_or_is_there_twice_stays_out(
    office: Office, client: Client, asked: Slapd, mail: str
) -> None:
    people = User.objects.count()
    answer = sign_in(client, mail)
    assert answer.status_code == 422
    assert WRONG in answer.content.decode()
    assert User.objects.count() == people


def test_a_closed_account_stays_closed_and_ends_one_that_is_open(office: Office, client: Client, asked: Slapd) -> None:
    sign_in(client, office.olim.email)
    User.objects.filter(pk=office.olim.pk).update(is_active=False)
    assert get_user(client.get("/login/").wsgi_request).is_anonymous
    assert sign_in(Client(), office.olim.email).status_code == 422


def test_an_empty_password_binds_there_and_does_not_here(office: Office, client: Client, asked: Slapd) -> None:
    from accounts.directory_backend import Directory

    wire = ldap.initialize(asked.plain)
    wire.simple_bind_s(f"uid=olim,{slapd.BASE}", "")
    for empty in ("", " "):
        assert sign_in(client, office.olim.email, empty).status_code == 422
    assert Directory().authenticate(None, email=office.olim.email, password="") is None
    assert not Session.objects.exclude(user=None).exists()


def test_signs_of_a_filter_find_nobody_and_unescaped_they_would(office: Office, asked: Slapd, settings: Any) -> None:
    from accounts.directory_backend import Directory

    injected = "*)(uid=olim"
    assert Directory().authenticate(None, email=f"{injected}@bank.test", password=THERE) is None
    assert Directory().authenticate(None, email="*)(mail=*", password=THERE) is None
    wire, search = ldap.initialize(asked.plain), settings.AUTH_LDAP_USER_SEARCH
    assert search.execute(wire, {"user": injected}) == []
    assert len(search.execute(wire, {"user": injected}, escape=False)) == 1


def test_whoever_signed_in_by_it_proves_himself_by_it(office: Office, client: Client, asked: Slapd) -> None:
    User.objects.filter(pk=office.adiba.pk).update(email="stranger@bank.test")
    sign_in(client, "stranger@bank.test")
    with later(16 * 60):
        page = client.get("/leads/export/")["Location"]
        assert client.post(page, {"_proof_password": "not-the-password"}).status_code == 422
        assert client.post(page, {"_proof_password": THERE}).status_code == 200


@pytest.mark.parametrize("mail", ["olim@bank.test", "nobody@bank.test"])
@pytest.mark.parametrize(
    "how", ["stopped", "frozen", "frozen before StartTLS", "another authority", "wrong word of the reader"]
)
def test_a_directory_that_cannot_be_asked_is_told_in_time_whoever_is_named(
    office: Office, client: Client, asked: Slapd, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    caplog: pytest.LogCaptureFixture, how: str, mail: str,
) -> None:  # fmt: skip
    if how == "stopped":
        asked.stop()
    elif how.startswith("frozen"):
        os.kill(asked.process.pid, signal.SIGSTOP)
        point_at(asked.plain if "StartTLS" in how else asked.tls, settings, monkeypatch, LDAP_CA_FILE=asked.authority)
    elif how == "another authority":
        certify(tmp_path)
        point_at(asked.tls, settings, monkeypatch, LDAP_CA_FILE=str(tmp_path / "ca.pem"))
    else:
        settings.AUTH_LDAP_BIND_PASSWORD = "another"
    began = time.monotonic()
    try:
        answer = sign_in(client, mail)
    finally:
        took = time.monotonic() - began
        if how == "stopped":
            asked.start()
        elif how.startswith("frozen"):
            os.kill(asked.process.pid, signal.SIGCONT)
    print(f"{how}: {answer.status_code} after {took:.1f} s")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert AWAY in answer.content.decode()
    assert mail in answer.content.decode(), "what was typed stays"
    assert took < PATIENCE_SECONDS * 2 + 1
    assert mail not in caplog.text
    assert sign_in(Client(), office.nodira.email).status_code == 302 or how in {
        "another authority",
        "wrong word of the reader",
    }


def test_guesses_at_a_directory_that_is_away_are_counted_too(office: Office, client: Client, asked: Slapd) -> None:
    """Our own passwords were looked at all the same."""
    asked.stop()
    try:
        statuses = [sign_in(client, office.olim.email, "guess").status_code for _n in range(6)]
        assert statuses == [503] * 5 + [429]
        assert sign_in(Client(), office.nodira.email, PASSWORD).status_code == 302, "ours are good without it"
    finally:
        asked.start()


@pytest.mark.parametrize(
    ("url", "environ", "says"),
    [
        ("directory.bank.test", {}, "LDAP_URL"),
        ("https://directory.bank.test", {}, "LDAP_URL"),
        ("ldaps://a.bank.test ldaps://b.bank.test", {}, "LDAP_URL"),
        ("ldaps://a.bank.test", {"LDAP_BASE": ""}, "LDAP_BASE"),
        ("ldaps://a.bank.test", {"LDAP_FILTER": "(uid=*)"}, "LDAP_FILTER"),
        ("ldaps://a.bank.test", {"LDAP_FILTER": "(mail=%(user)s)(cn=%s)"}, "LDAP_FILTER"),
        ("ldaps://a.bank.test", {"LDAP_CA_FILE": "/nowhere.pem"}, "LDAP_CA_FILE"),
    ],
)
def test_settings_that_cannot_work_refuse_the_start(
    monkeypatch: pytest.MonkeyPatch, url: str, environ: dict[str, str], says: str
) -> None:
    for name, value in ({"LDAP_BASE": slapd.BASE} | environ).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Unset, match=says):
        settings_of(url)


def test_production_takes_it_from_its_variables() -> None:
    given = {"LDAP_URL": "ldaps://directory", "LDAP_BASE": slapd.BASE, "ALLOWED_OUTSIDE_HOSTS": "mail.bank.uz"}
    shown = start(
        given, "shell", "-v", "0", "-c", "from django.conf import settings as s; print(s.AUTHENTICATION_BACKENDS)"
    )
    assert (shown.returncode, shown.stdout.strip()[-len(BACKENDS) :]) == (0, BACKENDS), shown.stderr
    refused = start(given | {"LDAP_URL": "ldaps://directory.example.com"}, "check")
    assert (refused.returncode != 0, "LDAP_URL" in refused.stderr) == (True, True)
