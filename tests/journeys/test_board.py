"""One move, three ways: by drag, by the card's menu, by keys. A gate that was left lets the card lie where it lay."""

from typing import TYPE_CHECKING

import pytest

from leads.models import Lead
from tests.journeys.conftest import Desk
from tests.journeys.pressing import drag, focused

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
HELD = "2026-11-20T10:30"


def _board(desk: Desk, name: str) -> "tuple[Page, Lead]":
    lead = desk.house.office.lead(desk.house.office.kamila, name=name)
    page = desk.page("kamila")
    page.goto("/leads/board/?view=mine")
    page.locator(f"#lead-card-{lead.pk}").wait_for()
    return page, lead


def _answer_gate(page: "Page") -> None:
    page.wait_for_selector("dialog[open] [name=meeting-held_at]")
    page.locator("dialog[open] [name=meeting-held_at]").fill(HELD)
    page.locator("dialog[open]").get_by_role("button", name="Перевести").click()


def _arrived(page: "Page", lead: Lead, column: str) -> None:
    page.locator(f"[data-column={column}] #lead-card-{lead.pk}").wait_for()
    page.wait_for_selector("dialog[open]", state="detached")
    lead.refresh_from_db()
    assert lead.stage.code == column


def test_by_drag(desk: Desk) -> None:
    page, lead = _board(desk, "Карточка рукой")
    drag(page, page.locator(f"#lead-card-{lead.pk}"), page.locator("[data-column=meeting]"))
    _answer_gate(page)
    _arrived(page, lead, "meeting")


def test_by_the_menu(desk: Desk) -> None:
    page, lead = _board(desk, "Карточка через меню")
    page.locator(f"#lead-card-{lead.pk}").get_by_role("link", name="Переместить").click()
    page.locator("dialog[open]").get_by_role("button", name="Созвон-встреча").click()
    _answer_gate(page)
    _arrived(page, lead, "meeting")


def test_by_keys(desk: Desk) -> None:
    page, lead = _board(desk, "Карточка клавишами")
    page.locator(f"#lead-card-{lead.pk} [data-card-link]").focus()
    page.keyboard.press("BracketRight")
    page.wait_for_selector("dialog[open] [name=meeting-held_at]")
    page.locator("dialog[open] [name=meeting-held_at]").fill(HELD)
    page.keyboard.press("Control+Enter")
    _arrived(page, lead, "meeting")
    assert "Карточка клавишами" in focused(page)


@pytest.mark.parametrize("way", ["drag", "keys"])
def test_leaving_the_gate_leaves_the_card(desk: Desk, way: str) -> None:
    page, lead = _board(desk, f"Карточка остаётся {way}")
    for number in range(2):
        desk.house.office.lead(desk.house.office.kamila, name=f"Сосед {way} {number}")
    page.reload()
    card, order = page.locator(f"#lead-card-{lead.pk}"), "[data-column=contact] [data-card]"
    before = page.locator(order).evaluate_all("all => all.map((e) => e.id)")
    if way == "drag":
        drag(page, card, page.locator("[data-column=meeting]"))
    else:
        card.locator("[data-card-link]").focus()
        page.keyboard.press("BracketRight")
    page.wait_for_selector("dialog[open] form")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    assert page.locator(order).evaluate_all("all => all.map((e) => e.id)") == before
    assert before.index(f"lead-card-{lead.pk}") > 0
    assert "Карточка остаётся" in focused(page)
    version = lead.version
    lead.refresh_from_db()
    assert (lead.stage.code, lead.version) == ("contact", version)


def test_a_server_that_fails_leaves_the_card_too(desk: Desk) -> None:
    page, lead = _board(desk, "Карточка и сбой")
    page.route("**/board-move/", lambda route: route.fulfill(status=500, body="беда"))
    page.locator(f"#lead-card-{lead.pk} [data-card-link]").focus()
    page.keyboard.press("BracketRight")
    page.locator("[data-toast], .toast").filter(has_text="Карточка и сбой").wait_for()
    assert page.locator(f"[data-column=contact] #lead-card-{lead.pk}").count() == 1
    desk.seen = [line for line in desk.seen if "status of 500" not in line]
