"""The day, the week, the morning and the result bar on a phone: no sideways scroll, and targets for a thumb."""

from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import Desk
from tests.journeys.planner import Planner
from tests.journeys.test_every_page import sideways

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
THUMB = 44
# Links within a sentence are read, not aimed at; of a box or a chip the label is the target.
SMALL = """([root, least]) => {
  const out = [];
  for (const e of document.querySelectorAll(`${root} :is(a, button, summary, select, input, textarea)`)) {
    if (e.type === "hidden" || e.closest("p, .sr-only, .is-closed") || e.matches("[tabindex='-1']")) continue;
    const box = (e.matches("[type=radio], [type=checkbox]") ? e.closest("label") : e).getBoundingClientRect();
    if (box.height && box.height < least - 0.5) out.push(`${Math.round(box.height)}: ${e.outerHTML.slice(0, 110)}`);
  }
  return out;
}"""


def small(page: "Page", root: str = "#page") -> list[str]:
    return list(page.evaluate(SMALL, [root, THUMB]))


@pytest.mark.parametrize("where", ["/today/", "/today/focus/", "/today/ritual/", "week", "week?tab=day"])
def test_a_page_of_the_plan_fits_a_thumb(desk: Desk, where: str) -> None:
    his = Planner(desk)
    lead = his.lead("Очень длинное название автосалона на окраине города Самарканд")
    his.action("Договориться о показе расчёта и о следующей встрече", goal=his.goal(), lead=lead, priority=0)
    his.action("Остаток", sprint=his.week(-1))
    his.action("Ещё одно")
    path = where.replace("week", f"/week/{his.week().code}/")
    page = his.page(path, width=390, height=844, has_touch=True)
    page.locator("#page :is(.day-line, .ritual-line, .week)").first.wait_for()
    assert sideways(page) == []
    assert small(page) == []
    if "tab=day" in where:
        assert page.locator(".week-agenda").is_visible()
        assert not page.locator(".week-list").is_visible()


def test_the_result_bar_over_a_page_fits_a_thumb(desk: Desk) -> None:
    his = Planner(desk)
    action = his.action("Позвонить", sprint=his.week())
    page = his.page(f"/week/{his.week().code}/", width=390, height=844, has_touch=True)
    page.locator(f"#action-{action.pk}").get_by_role("link", name="Итог").tap()
    page.wait_for_selector("dialog[open] .result-bar")
    assert sideways(page) == []
    assert small(page, "dialog[open]") == []
    page.locator("dialog[open]").get_by_role("button", name="Договорились").tap()
    page.locator(f"#action-{action.pk}.is-closed").wait_for()


def test_what_is_too_small_is_found(desk: Desk) -> None:
    page = Planner(desk).page("/today/", width=390, height=844)
    page.evaluate("""() => {
      const link = document.createElement("a");
      Object.assign(link, { href: "/", textContent: "мелко" });
      document.getElementById("page").append(link);
    }""")
    assert any("мелко" in text for text in small(page))
