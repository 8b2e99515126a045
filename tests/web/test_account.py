"""Entering, leaving, and what everyone sets for himself."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import services
from tests.office import PASSWORD, Office

pytestmark = pytest.mark.django_db
WRONG = "not-the-password"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str):
    return client.post("/login/", {"login": email, "password": password, **more})


def test_a_person_signs_in_by_mail_and_lands_on_his_work(office: Office, client: Client) -> None:
    answer = sign_in(client, office.olim.email)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"] == reverse("today:page")


def test_the_mail_may_be_typed_in_any_case(office: Office, client: Client) -> None:
    assert sign_in(client, office.olim.email.upper()).status_code == 302


@pytest.mark.parametrize("who", ["nodira", "adiba", "aziz"])
def test_those_who_oversee_land_on_the_reports(office: Office, client: Client, who: str) -> None:
    client.force_login(getattr(office, who))
    assert client.get("/")["Location"] == reverse("reports:overview")


def test_a_guest_is_asked_to_sign_in_and_comes_back_where_he_wanted(office: Office, client: Client) -> None:
    wanted = client.get("/account/")["Location"]
    assert wanted == "/login/?next=/account/"
    assert 'name="next" value="/account/"' in client.get(wanted).content.decode()
    assert sign_in(client, office.olim.email, next="/account/")["Location"] == "/account/"


@pytest.mark.parametrize("evil", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "/\\evil.test"])
def test_nobody_is_led_off_the_site(office: Office, client: Client, evil: str) -> None:
    assert sign_in(client, office.olim.email, next=evil)["Location"] == "/"


def test_the_session_is_a_new_one_after_sign_in(office: Office, client: Client) -> None:
    client.get("/login/")
    session = client.session
    session["seen"] = True
    session.save()
    before = session.session_key
    sign_in(client, office.olim.email)
    assert client.session.session_key != before


def visible(answer) -> str:
    """The page without what differs by itself: tokens and the address that was typed."""
    text = answer.content.decode()
    return "\n".join(line for line in text.splitlines() if "csrf" not in line and 'name="login"' not in line)


def test_unknown_mail_wrong_password_and_closed_account_look_the_same(office: Office, client: Client) -> None:
    services.update_user(user=office.oksana, by=office.adiba, changes={"is_active": False})
    answers = [
        sign_in(client, "nobody@bank.test", WRONG),
        sign_in(client, office.olim.email, WRONG),
        sign_in(client, office.oksana.email, PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {422}
    pages = {visible(answer).replace("nobody@bank.test", "").replace(office.olim.email, "") for answer in answers}
    assert len({page.replace(office.oksana.email, "") for page in pages}) == 1
    assert "Почта или пароль не подходят" in pages.pop()


def test_what_was_typed_stays_but_the_password(client: Client, db: None) -> None:
    text = sign_in(client, "somebody@bank.test", "secret-of-mine").content.decode()
    assert 'value="somebody@bank.test"' in text
    assert "secret-of-mine" not in text


def test_five_wrong_passwords_are_answered_and_the_sixth_says_until_when(office: Office, client: Client) -> None:
    with time_machine.travel("2026-11-23T10:00:00+05:00", tick=False):
        tries = [sign_in(client, office.olim.email, WRONG) for _ in range(6)]
        assert [answer.status_code for answer in tries] == [422] * 5 + [429]
        assert tries[-1]["Retry-After"] == "900"
        assert "Повторите после 10:15" in tries[-1].content.decode()
        assert sign_in(client, office.olim.email).status_code == 429
    with time_machine.travel("2026-11-23T10:15:30+05:00", tick=False):
        assert sign_in(client, office.olim.email).status_code == 302


def test_knocking_on_a_closed_door_does_not_keep_it_closed_longer(office: Office, client: Client) -> None:
    with time_machine.travel("2026-11-23T10:00:00+05:00", tick=False):
        for _ in range(6):
            sign_in(client, office.olim.email, WRONG)
    with time_machine.travel("2026-11-23T10:14:00+05:00", tick=False):
        assert sign_in(client, office.olim.email, WRONG)["Retry-After"] == "60"
    with time_machine.travel("2026-11-23T10:15:30+05:00", tick=False):
        assert sign_in(client, office.olim.email).status_code == 302


def test_case_and_forwarded_addresses_do_not_help_a_guesser(office: Office, client: Client) -> None:
    spellings = [office.olim.email, office.olim.email.upper(), office.olim.email.title()] * 2
    for number, email in enumerate(spellings):
        client.post("/login/", {"login": email, "password": WRONG}, headers={"X-Forwarded-For": f"10.0.0.{number}"})
    assert sign_in(client, office.olim.email).status_code == 429


def test_one_persons_lock_leaves_the_others_at_the_same_address_alone(office: Office, client: Client) -> None:
    for _ in range(6):
        sign_in(client, office.olim.email, WRONG)
    assert sign_in(client, office.oksana.email).status_code == 302


def test_behind_a_trusted_proxy_its_word_counts_and_no_other(office: Office, client: Client, settings) -> None:
    settings.TRUSTED_PROXIES = 1
    for number in range(5):
        seen = {"X-Forwarded-For": f"6.6.6.{number}, 5.5.5.5"}
        assert client.post("/login/", {"login": "a@b.test", "password": WRONG}, headers=seen).status_code == 422
    again = {"login": "a@b.test", "password": WRONG}
    assert client.post("/login/", again, headers={"X-Forwarded-For": "6.6.6.9, 5.5.5.5"}).status_code == 429
    assert client.post("/login/", again, headers={"X-Forwarded-For": "5.5.5.5, 7.7.7.7"}).status_code == 422


def test_an_enemy_shuts_strange_devices_but_not_the_owners_own(office: Office, client: Client, settings) -> None:
    settings.TRUSTED_PROXIES = 1
    assert sign_in(client, office.olim.email).status_code == 302
    client.post("/logout/")
    for number in range(12):
        seen = {"X-Forwarded-For": f"5.5.5.{number}"}
        Client().post("/login/", {"login": office.olim.email, "password": WRONG}, headers=seen)
    assert sign_in(Client(), office.olim.email).status_code == 429
    strange = Client()
    strange.cookies["device"] = client.cookies["device"].value[:-2] + "xx"
    assert sign_in(strange, office.olim.email).status_code == 429, "a mark that was made up is none"
    assert sign_in(client, office.olim.email).status_code == 302


def test_in_production_cookies_belong_to_the_host_and_to_tls_alone(office: Office, client: Client, settings) -> None:
    settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_NAME = True, "__Host-session"
    cookies = sign_in(client, office.olim.email).cookies
    for name in ("__Host-session", "__Host-device"):
        kept = cookies[name]
        assert (kept["secure"], kept["httponly"], kept["samesite"], kept["path"], kept["domain"]) == (
            True, True, "Lax", "/", ""
        )  # fmt: skip


def test_a_form_without_the_token_is_refused(office: Office) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, office.olim.email).status_code == 403


def test_signing_out_needs_a_press_and_ends_the_session(office: Office, client: Client) -> None:
    client.force_login(office.olim)
    assert client.get("/logout/").status_code == 200
    assert client.get("/account/").status_code == 200
    gone = client.post("/logout/")
    assert (gone["Location"], gone["Clear-Site-Data"]) == ("/login/", '"storage"')
    assert client.get("/account/").status_code == 302


def test_there_is_no_way_to_sign_up(client: Client, db: None) -> None:
    assert client.get("/signup/").status_code == 404
    assert client.get("/accounts/signup/").status_code == 404


def test_a_closed_account_is_out_at_the_next_step(office: Office, client: Client) -> None:
    client.force_login(office.olim)
    services.update_user(user=office.olim, by=office.adiba, changes={"is_active": False})
    assert client.get("/account/").status_code == 302


def test_the_profile_keeps_what_was_chosen(office: Office, client: Client) -> None:
    client.force_login(office.olim)
    chosen = {"name": "Олим Каримов", "language": "uz", "timezone": "Europe/Moscow", "theme": "dark"}
    answer = client.post("/account/", chosen)
    assert answer.status_code == 302
    office.olim.refresh_from_db()
    kept = {name: getattr(office.olim, name) for name in chosen}
    assert kept == chosen
    assert office.olim.keys_enabled is False
    assert 'data-theme="crm-dark"' in client.get("/account/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "  "), ("name", "я" * 121), ("language", "de"), ("timezone", "Mars/Base"), ("theme", "x")],
)
def test_a_bad_choice_is_told_and_nothing_is_kept(office: Office, client: Client, field: str, value: str) -> None:
    client.force_login(office.olim)
    chosen = {"name": "Новое имя", "language": "ru", "timezone": "Asia/Tashkent", "theme": "auto", field: value}
    answer = client.post("/account/", chosen)
    assert answer.status_code == 422
    assert "Проверьте, что введено" in answer.content.decode()
    office.olim.refresh_from_db()
    assert office.olim.name == "Olim"


def test_a_guest_switches_the_language_by_cookie(client: Client, db: None) -> None:
    answer = client.post("/account/language/", {"language": "en", "next": "/login/"})
    assert (answer["Location"], client.cookies["django_language"].value) == ("/login/", "en")
    assert 'lang="en"' in client.get("/login/").content.decode()


def test_a_persons_language_goes_with_him(office: Office, client: Client) -> None:
    client.force_login(office.olim)
    client.post("/account/language/", {"language": "uz"})
    office.olim.refresh_from_db()
    assert office.olim.language == "uz"
    elsewhere = Client()
    elsewhere.force_login(office.olim)
    assert '<html lang="uz"' in elsewhere.get("/account/").content.decode()


def test_an_unknown_language_changes_nothing(office: Office, client: Client) -> None:
    client.force_login(office.olim)
    assert client.post("/account/language/", {"language": "xx"}).status_code == 302
    office.olim.refresh_from_db()
    assert office.olim.language == "ru"


def test_the_theme_is_kept_from_the_menu(office: Office, client: Client) -> None:
    client.force_login(office.olim)
    assert client.post("/account/theme/", {"theme": "light"}, headers={"HX-Request": "true"}).status_code == 204
    office.olim.refresh_from_db()
    assert office.olim.theme == "light"


def test_the_demo_lists_its_sign_ins_and_fills_the_form(client: Client, db: None, settings) -> None:
    settings.DEMO_MODE = True
    assert "owner@demo.local" in client.get("/login/").content.decode()
    filled = client.get("/login/?as=owner@demo.local").content.decode()
    assert 'value="owner@demo.local"' in filled
    assert f'value="{settings.DEMO_PASSWORD}"' in filled
    assert f'value="{settings.DEMO_PASSWORD}"' not in client.get("/login/?as=stranger@demo.local").content.decode()


def test_outside_the_demo_nobody_is_listed(client: Client, db: None) -> None:
    assert "demo.local" not in client.get("/login/").content.decode()
    assert 'value="owner@demo.local"' not in client.get("/login/?as=owner@demo.local").content.decode()


def test_the_sign_in_page_helps_a_keyboard_and_a_password_manager(client: Client, db: None) -> None:
    text = client.get("/login/").content.decode()
    assert 'autocomplete="username"' in text
    assert 'autocomplete="current-password"' in text
    assert text.index("autofocus") < text.index('name="password"')


@pytest.mark.parametrize("page", ["/help/shortcuts/", "/help/glossary/"])
def test_help_opens_for_everyone_signed_in(office: Office, client: Client, page: str) -> None:
    assert client.get(page).status_code == 302
    client.force_login(office.lola)
    assert client.get(page).status_code == 200


def test_the_glossary_has_every_word_in_three_languages() -> None:
    from web.account.glossary import TERMS

    assert all(word for term in TERMS for word in term)
    assert len({term.ru for term in TERMS}) == len(TERMS)
