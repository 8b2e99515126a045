"""The second factor on the pages: set up, asked for, not to be skipped, replayed or guessed."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from django.test import Client
from django.urls import reverse

from accounts import second_factor, services
from accounts.models import RecoveryCode, Session, User
from accounts.roles import Role
from common import clock
from notifications.models import Notice
from tests.accounts.factors import SECRET, code_at, with_app
from tests.office import PASSWORD, Office

pytestmark = pytest.mark.django_db
SECURITY, APP, CODE = "/account/security/", "/account/security/app/", "/login/code/"


@pytest.fixture
def demanded(settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({Role.ADMINISTRATOR, Role.SALES_HEAD, Role.PRODUCT_OWNER})


def password(client: Client, user: User) -> Any:
    return client.post("/login/", {"login": user.email, "password": PASSWORD})


def later(seconds: int = 31) -> Any:
    return time_machine.travel(time.time() + seconds, tick=True)


def test_an_app_is_set_up_by_its_first_code_and_ten_codes_are_shown_once(office: Office, client: Client) -> None:
    client.force_login(office.olim)
    page = client.get(APP).content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = client.session["_totp_secret"]
    assert secret in page
    assert client.post(APP, {"code": "000000"}).status_code == 422
    assert client.session["_totp_secret"] == secret, "whoever mistypes a code scans no new picture"
    shown = client.post(APP, {"code": code_at(secret)})
    codes = list(shown.context["codes"])
    assert len(set(codes)) == 10
    assert all(code in shown.content.decode() for code in codes)
    assert 'download="crm-codes.txt"' in shown.content.decode()
    again = client.get(SECURITY).content.decode()
    assert "Осталось 10 кодов" in again
    assert not any(code in again for code in codes)
    assert secret not in str(Authenticator.objects.get().data)
    assert not RecoveryCode.objects.filter(digest__in=codes).exists()


def test_between_password_and_code_every_other_address_refuses(office: Office, client: Client) -> None:
    with_app(office.olim)
    with later():
        assert password(client, office.olim)["Location"] == CODE
        for address in ("/", "/account/", "/leads/", SECURITY, "/api/v1/me/"):
            assert client.get(address).status_code in {302, 401}, address
        assert client.get(CODE).status_code == 200
        assert client.post(CODE, {"code": code_at(SECRET)})["Location"] == "/"
        assert client.get("/account/").status_code == 200


def test_nobody_comes_to_the_code_without_the_password(office: Office, client: Client) -> None:
    with_app(office.olim)
    assert client.get(CODE)["Location"] == "/login/"
    assert client.post(CODE, {"code": code_at(SECRET)})["Location"] == "/login/"


def test_a_code_is_good_once_in_any_browser(office: Office, client: Client) -> None:
    with_app(office.olim)
    other = Client()
    with later():
        code = code_at(SECRET)
        for one in (client, other):
            password(one, office.olim)
        assert client.post(CODE, {"code": code}).status_code == 302
        assert other.post(CODE, {"code": code}).status_code == 422


NOON = datetime(2026, 3, 2, 12, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [-30, 30])
def test_a_code_of_another_half_a_minute_is_none(
    office: Office, monkeypatch: pytest.MonkeyPatch, settings: Any, seconds: int
) -> None:
    """Without the guard it would do: a clock that is looked at as leniently as usual takes the code on either side."""
    with time_machine.travel(NOON, tick=False):
        with_app(office.olim)
        other = code_at(SECRET, NOON.timestamp() + seconds)
        assert second_factor.code_passes(office.olim, other, at=NOON) == ""
        settings.MFA_TOTP_TOLERANCE = 1
        assert second_factor.code_passes(office.olim, other, at=NOON) == "", "a setting of the library is none of ours"
        monkeypatch.setattr(second_factor, "totp_matches", lambda *two, **_at: validate_totp_code(*two))
        assert second_factor.code_passes(office.olim, other, at=NOON) == "totp"


def test_a_recovery_code_lets_in_once(office: Office, client: Client) -> None:
    codes = with_app(office.olim)
    password(client, office.olim)
    assert client.post(CODE, {"code": codes[0].lower()}).status_code == 302
    assert "Осталось 9 кодов" in client.get(SECURITY).content.decode()
    again = Client()
    password(again, office.olim)
    assert again.post(CODE, {"code": codes[0]}).status_code == 422


def test_a_recovery_code_of_another_is_none(office: Office, client: Client) -> None:
    with_app(office.olim)
    strange = with_app(office.oksana)
    password(client, office.olim)
    assert client.post(CODE, {"code": strange[0]}).status_code == 422


@pytest.mark.parametrize("guess", ["000000", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"])
def test_five_wrong_codes_are_looked_at_and_the_sixth_says_until_when(
    office: Office, client: Client, guess: str
) -> None:
    with_app(office.olim)
    password(client, office.olim)
    answers = [client.post(CODE, {"code": guess}) for _n in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[-1]["Retry-After"]
    with later():
        assert client.post(CODE, {"code": code_at(SECRET)}).status_code == 429, "not even the right one"


def test_whoever_must_have_one_reaches_nothing_but_its_set_up_and_the_way_out(
    office: Office, client: Client, demanded: None
) -> None:
    client.force_login(office.nodira)
    for address in ("/", "/leads/", "/account/", "/reports/", "/leads/export/"):
        assert client.get(address)["Location"] == SECURITY, address
    refused = client.get("/api/v1/me/")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_required")
    assert "только со вторым фактором" in client.get(SECURITY).content.decode()
    assert client.get("/logout/").status_code == 200
    client.get(APP)
    assert client.post(APP, {"code": code_at(client.session["_totp_secret"])}).status_code == 200
    assert client.get("/account/").status_code == 200


def test_without_the_guard_he_would_reach_all_of_it(office: Office, client: Client, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset()
    client.force_login(office.nodira)
    assert client.get("/account/").status_code == 200


def test_roles_of_whom_none_is_demanded_work_as_before(office: Office, client: Client, demanded: None) -> None:
    client.force_login(office.lola)
    assert client.get("/account/").status_code == 200


def test_whoever_must_have_one_cannot_take_his_last_one_away(office: Office, client: Client, demanded: None) -> None:
    with_app(office.nodira)
    client.force_login(office.nodira)
    kept = Authenticator.objects.get(user=office.nodira)
    assert client.post("/account/security/remove/", {"pk": kept.pk}).status_code == 403
    assert Authenticator.objects.filter(user=office.nodira).exists()
    office.nodira.refresh_from_db()
    assert office.nodira.second_factor_at is not None


def test_whoever_need_not_have_one_takes_it_away_with_its_codes(office: Office, client: Client) -> None:
    with_app(office.lola)
    client.force_login(office.lola)
    client.post("/account/security/remove/", {"pk": Authenticator.objects.get(user=office.lola).pk})
    office.lola.refresh_from_db()
    assert office.lola.second_factor_at is None
    assert not RecoveryCode.objects.exists()
    assert client.post("/account/security/codes/").status_code == 422


def test_anothers_app_is_not_there_to_be_taken_away(office: Office, client: Client) -> None:
    with_app(office.olim)
    client.force_login(office.oksana)
    pk = Authenticator.objects.get(user=office.olim).pk
    assert client.post("/account/security/remove/", {"pk": pk}).status_code == 404
    assert Authenticator.objects.filter(pk=pk).exists()


def test_new_recovery_codes_end_the_old_ones(office: Office, client: Client) -> None:
    old = with_app(office.olim)
    client.force_login(office.olim)
    assert client.post("/account/security/codes/").status_code == 200
    office.olim.refresh_from_db()
    assert second_factor.code_passes(office.olim, old[0], at=clock.now()) == ""


def test_a_new_password_leaves_the_second_factor_as_it_is(office: Office, client: Client) -> None:
    with_app(office.olim)
    services.choose_password(user=office.olim, password="lake-lamp-lemon-17")
    assert client.post("/login/", {"login": office.olim.email, "password": "lake-lamp-lemon-17"})["Location"] == CODE


def test_an_administrator_takes_it_away_and_the_person_hears_of_it(office: Office, client: Client) -> None:
    with_app(office.olim)
    signed_in = Client()
    signed_in.force_login(office.olim)
    client.force_login(office.adiba)
    path = reverse("settings:user_second_factor_reset", args=[office.olim.pk])
    assert client.post(path).status_code == 302
    assert not Authenticator.objects.filter(user=office.olim).exists()
    assert not RecoveryCode.objects.filter(user=office.olim).exists()
    assert signed_in.get("/account/").status_code == 302, "his sessions are over"
    assert Notice.objects.get(user=office.olim).kind == "security"
    history = User.pgh_event_model.objects.filter(pgh_obj=office.olim, pgh_label="update").latest("pgh_id")
    assert (history.second_factor_at, history.pgh_context.metadata["user"]) == (None, str(office.adiba.pk))


@pytest.mark.parametrize("who", ["nodira", "olim", "aziz"])
def test_nobody_else_takes_away_anothers(office: Office, client: Client, who: str) -> None:
    with_app(office.oksana)
    client.force_login(getattr(office, who))
    path = reverse("settings:user_second_factor_reset", args=[office.oksana.pk])
    assert client.post(path).status_code == 403
    assert Authenticator.objects.filter(user=office.oksana).exists()


def test_a_code_confirms_that_it_is_he(office: Office, client: Client) -> None:
    with_app(office.adiba)
    client.force_login(office.adiba)
    with later(16 * 60):
        asked = client.get("/leads/export/")["Location"]
        assert "_proof_code" in client.get(asked).content.decode()
        assert client.post(asked, {"_proof_code": "000000"}).status_code == 422
        assert client.post(asked, {"_proof_code": code_at(SECRET)}).status_code == 200


def test_the_demo_offers_one_and_demands_it_of_nobody(office: Office, client: Client, settings: Any) -> None:
    settings.DEMO_MODE = True
    client.force_login(office.nodira)
    assert client.get("/account/").status_code == 200
    assert "по желанию" in client.get(SECURITY).content.decode()


def test_passkeys_that_are_no_answer_let_nobody_in(office: Office, client: Client) -> None:
    offered = client.get("/login/passkey/").json()
    assert offered["publicKey"]["userVerification"] == "required"
    for given in ("{}", "[]", "nonsense", '{"response": {"userHandle": "AAAA"}}', '{"response": 7}'):
        assert client.post("/login/passkey/", {"credential": given}).status_code == 422
    assert client.post("/login/passkey/", {"credential": "{}"}).status_code == 429
    assert not Session.objects.exclude(user=None).exists()
