"""The first day: an empty account comes to its first result, with few presses, and without scripts too."""

import re
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from agents.models import Segment
from backlog.firststeps import steps_of
from backlog.models import Action, ActionResult, Goal
from tests.journeys.conftest import Desk
from tests.office import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
MOST_PRESSES = 12
"""Of the whole way; a single step takes four at most."""


class Hand:
    """Presses and counts them; typing is not counted."""

    def __init__(self, page: "Page") -> None:
        self.page, self.presses = page, 0

    def press(self, what: "Locator") -> None:
        self.presses += 1
        what.click()

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name, exact=True))


def beginner(desk: Desk) -> tuple[User, str]:
    """A new product owner and his session; nothing is his yet."""
    office = desk.house.office
    made = User.objects.create_user(
        f"{uuid4().hex[:8]}@bank.test", PASSWORD, name="Новичок", role="product_owner", team=office.south
    )
    client = Client()
    client.force_login(made)
    return made, client.cookies["sessionid"].value


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (True, 390), (False, 390)])
def test_from_an_empty_account_to_the_first_result(desk: Desk, scripts: bool, width: int) -> None:
    user, session = beginner(desk)
    page = desk.page("", width=width, height=844, java_script_enabled=scripts)
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": desk.house.url}])
    hand, name = Hand(page), f"Оценщики {uuid4().hex[:6]}"  # one name, one segment: the house is shared
    page.goto("/start/")
    assert "0 из 5" in page.locator("h1").inner_text()

    hand.press(page.get_by_role("link", name=re.compile("^Дальше: Язык")))
    hand.button("Всё верно, дальше")
    page.locator("form [name=name]").fill(name)
    hand.button("Добавить и дальше")
    page.wait_for_url(re.compile("/start/goal/"))
    assert page.locator("[name=target]").input_value() == "8"
    assert page.locator("[name=segment] option:checked").inner_text() == name
    hand.button("Поставить цель")
    titles = page.locator("[name$=-title]")
    titles.first.wait_for()
    assert titles.count() == 3
    assert name in titles.first.input_value()
    titles.nth(1).fill("Написать пятерым")
    hand.button("Запланировать")
    page.wait_for_url(re.compile("/results/action/"))
    hand.press(page.locator(".result-bar button[value=agreed]"))
    page.get_by_text("5 из 5").wait_for()

    assert hand.presses <= MOST_PRESSES
    assert Segment.objects.get(owner=user).name == name
    assert Goal.objects.get(owner=user).segment.name == name
    made = list(Action.objects.filter(owner=user, goal__isnull=False))
    assert {action.title for action in made} > {"Написать пятерым"}
    assert len({action.slot_at for action in made if action.slot_at}) >= 3
    assert ActionResult.objects.get(action__owner=user).outcome == "agreed"
    assert all(step.done for step in steps_of(user))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
