"""The second factor by hand: an app's code, and a passkey of a device that the browser pretends to have."""

from typing import TYPE_CHECKING

import pytest

from accounts.models import User
from accounts.roles import Role
from tests.accounts.factors import code_at
from tests.journeys.conftest import Desk
from tests.journeys.house import House
from tests.office import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def newcomer(house: House, mail: str) -> User:
    user = User.objects.create_user(mail, PASSWORD, name="Нодир", role=Role.LEAD_GENERATOR, team=house.office.north)
    User.objects.filter(pk=user.pk).update(first_steps_skipped_at=user.created_at)
    return user


def enter(page: "Page", mail: str) -> None:
    page.goto("/login/")
    page.locator("[name=login]").fill(mail)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()


def leave(page: "Page") -> None:
    page.goto("/logout/")
    page.locator("main").get_by_role("button", name="Выйти").click()


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(desk: Desk, house: House) -> None:
    user = newcomer(house, "app@bank.test")
    page = desk.page("")
    enter(page, user.email)
    page.goto("/account/security/")
    page.get_by_role("link", name="Подключить приложение").click()
    assert page.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 100")
    secret = page.locator("main code").inner_text()
    page.get_by_label("Код из приложения").fill(code_at(secret))
    page.get_by_role("button", name="Подключить").click()
    assert page.locator("ol.codes li").count() == 10
    with page.expect_download() as got:
        page.get_by_role("link", name="Скачать").click()
    assert got.value.suggested_filename == "crm-codes.txt"
    recovery = page.locator("ol.codes li").first.inner_text()
    leave(page)
    enter(page, user.email)
    page.get_by_label("Код из приложения").fill(recovery)
    page.get_by_role("button", name="Войти", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)
    assert page.evaluate("window.violations") == []


def test_a_passkey_is_made_and_signs_in_without_a_password(desk: Desk, house: House) -> None:
    user = newcomer(house, "key@bank.test")
    page = desk.page("")
    # A passkey belongs to a name, and an address of numbers is none.
    base = house.url.replace("127.0.0.1", "localhost")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    page.goto(f"{base}/login/")
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(f"{base}/account/security/keys/")
    page.get_by_label("Название").fill("Рабочий ноутбук")
    page.get_by_role("button", name="Создать ключ доступа").click()
    page.locator("ol.codes").wait_for()
    page.get_by_role("link", name="Я сохранил коды").click()
    assert page.get_by_text("Рабочий ноутбук", exact=True).is_visible()
    page.goto(f"{base}/logout/")
    page.locator("main").get_by_role("button", name="Выйти").click()
    page.get_by_role("button", name="Войти ключом доступа").click()
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(f"{base}/account/security/")
    assert page.get_by_text("Рабочий ноутбук", exact=True).is_visible()
    page.goto(f"{base}/logout/")
    page.locator("main").get_by_role("button", name="Выйти").click()
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()
    page.get_by_role("heading", name="Второй фактор").wait_for()
    page.get_by_role("button", name="Войти ключом доступа").click()
    page.wait_for_url(lambda url: "/login" not in url)
    assert page.evaluate("window.violations") == []
