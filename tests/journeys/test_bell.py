"""The bell, live: it is asked every half a minute, costs nothing while nothing changed, and rests in a hidden tab."""

from typing import TYPE_CHECKING

import pytest

from common import clock
from notifications.models import NoticeKind
from notifications.services import mark_read, notify
from tests.journeys.conftest import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
HALF_A_MINUTE = 30_500


def ring(desk: Desk, key: str) -> None:
    facts = {"file": f"{key}.csv"}
    user = desk.house.office.olim
    notify(user_id=user.pk, kind=NoticeKind.IMPORT_FINISHED, key=key, at=clock.now(), facts=facts)


def opened(desk: Desk) -> "Page":
    mark_read(user=desk.house.office.olim, at=clock.now())
    page = desk.page()
    page.clock.install()
    with page.expect_response("**/notifications/bell/"):
        page.goto("/account/")
    return page


def test_a_new_line_is_counted_without_a_reload_and_opens_by_a_press(desk: Desk) -> None:
    page = opened(desk)
    assert page.locator("#bell .bell-count").count() == 0
    ring(desk, "new-base")
    with page.expect_response("**/notifications/bell/"):
        page.clock.run_for(HALF_A_MINUTE)
    page.locator("#bell .bell-count", has_text="1").wait_for()
    page.locator(".bell-box > summary").click()
    page.locator("#bell-lines", has_text="new-base.csv").wait_for()


def test_a_hidden_tab_asks_nothing_and_asks_again_once_it_is_looked_at(desk: Desk) -> None:
    page = opened(desk)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/bell/" in request.url else None)
    page.evaluate("Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})")
    page.clock.run_for(4 * HALF_A_MINUTE)
    assert asked == []
    page.evaluate("Object.defineProperty(document, 'hidden', {configurable: true, get: () => false})")
    with page.expect_response("**/notifications/bell/"):
        page.clock.run_for(HALF_A_MINUTE)
    assert len(asked) == 1
