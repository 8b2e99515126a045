"""The morning ritual by keys alone: fifteen answers in under two minutes, one current row after another."""

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from backlog.models import MorningAnswer
from common import clock
from leads.services.editing import plan_next_step
from tests.journeys.budget import KEY_MS, at_work
from tests.journeys.conftest import Desk
from tests.journeys.planner import Planner
from tests.journeys.pressing import RussianKeys

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
PROPOSALS, THOUGHT, MOST = 15, 2.0, 120.0
ANSWERS = ("A", "1", "D", "A", "0", "A", "3", "D", "2", "A", "A", "D", "1", "A", "A")

# Another row is current and holds the focus, or the end of the morning does.
GONE_ON = """(title) => {
  const link = document.querySelector(".is-current [data-row-link]");
  const held = document.querySelector("[data-queue-done]") ?? link;
  return held && held === document.activeElement && link?.textContent !== title;
}"""


def _current(page: "Page") -> str:
    row = page.locator("[data-row].is-current")
    assert row.count() == 1
    assert page.locator("[data-row].is-current.is-answered").count() == 0
    return str(row.locator("[data-row-link]").text_content())


def test_fifteen_proposals_are_answered_by_keys_in_under_two_minutes(desk: Desk) -> None:
    his = Planner(desk)
    for number in range(PROPOSALS + 2):
        his.action(f"Дело {number:02}", lead=his.lead(f"Утро {number:02}") if number % 4 == 0 else None)
    page = his.page("/today/ritual/")
    keys, seen, waited = RussianKeys(page), [], 0.0
    for key in ANSWERS:
        title = _current(page)
        seen.append(title)
        begun = time.monotonic()
        keys.press(key)
        page.wait_for_function(GONE_ON, arg=title)
        waited += time.monotonic() - begun
        at_work(page)
    page.get_by_text("День собран").wait_for()
    page.wait_for_function("() => document.activeElement.matches('[data-queue-done]')")
    assert len(set(seen)) == PROPOSALS
    said = MorningAnswer.objects.filter(owner=his.user).values_list("answer", flat=True)
    assert sorted(said) == ["accepted"] * 7 + ["changed"] * 5 + ["dropped"] * 3
    took = waited + PROPOSALS * (THOUGHT + KEY_MS / 1000)
    assert took < MOST, f"{took:.0f} s"


def test_a_lead_without_an_action_is_taken_by_one_key_and_asked_no_more(desk: Desk) -> None:
    his = Planner(desk)
    lead, at = his.lead("Лид утра"), clock.now()
    plan_next_step(
        lead=lead, by=his.user, at=at - timedelta(hours=3), step_at=at - timedelta(hours=1), text="Позвонить"
    )
    page = his.page("/today/ritual/")
    RussianKeys(page).press("A")
    page.get_by_text("День собран").wait_for()
    assert page.locator(".ritual-line.is-answered").count() == 1
    assert lead.actions.open().count() == 1
