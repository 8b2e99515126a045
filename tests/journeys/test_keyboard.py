"""A day without a mouse, on the layout that people really have."""

from typing import TYPE_CHECKING

import pytest

from leads.models import Note
from tests.journeys.conftest import Desk
from tests.journeys.pressing import RussianKeys, focused
from tests.office import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def _reach(page: "Page", selector: str, *, most: int = 60) -> None:
    """By Tab alone, as somebody who cannot point."""
    for _press in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab never came to {selector}")


def test_sign_in_find_a_lead_plan_a_step_write_a_note(desk: Desk) -> None:
    lead = desk.house.office.lead(desk.house.office.nodira, name="Лид без мыши")
    page = desk.page("")
    page.goto("/login/")
    page.keyboard.type("nodira@bank.test")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)

    keys = RussianKeys(page)
    page.goto("/agents/")
    with page.expect_navigation():
        keys.press("G", "L")
    assert page.url.endswith("/leads/")
    keys.press("J", "J", "K")
    first = page.locator("[data-row] [data-row-link]").first.inner_text()
    assert focused(page) == f"A {first}"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert first in page.locator("h1").inner_text()

    page.goto(f"/leads/{lead.pk}/")
    _reach(page, "#step [name=text]")
    page.keyboard.type("Показать расчёт")
    _reach(page, "#step button[value=tomorrow]")
    page.keyboard.press("Enter")
    page.locator("#step .step-now", has_text="Показать расчёт").wait_for()

    keys.press("M")
    page.keyboard.type("Ждёт цифр")
    page.keyboard.press("Control+Enter")
    page.locator("#feed .lead-text, #feed li", has_text="Ждёт цифр").first.wait_for()
    assert Note.objects.filter(lead=lead, text="Ждёт цифр").count() == 1


def test_nothing_fires_while_one_types(desk: Desk) -> None:
    page = desk.page()
    page.goto("/leads/")
    page.locator("#filter-q").focus()
    keys = RussianKeys(page)
    keys.press("G", "L", "C", "J", "X")
    assert page.locator("#filter-q").input_value() == "пдсоч"
    assert page.locator("details[open], dialog[open], [data-row].is-current").count() == 0
    assert page.evaluate("document.activeElement.name") == "q"


def test_keys_that_are_switched_off_do_nothing(desk: Desk) -> None:
    person = desk.house.office.anvar
    type(person).objects.filter(pk=person.pk).update(keys_enabled=False)
    page = desk.page("anvar")
    page.goto("/agents/")
    RussianKeys(page).press("G", "L")
    page.wait_for_timeout(400)
    assert page.url.endswith("/agents/")
