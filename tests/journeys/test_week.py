"""The week: one line after another, priority by one key, slots, carry-over; hand, menu and keys come to one end."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from backlog.models import Action
from backlog.services.findings import publish_finding
from common import clock
from tests.journeys.budget import KEY_MS, at_work, within
from tests.journeys.conftest import Desk
from tests.journeys.planner import Planner
from tests.journeys.pressing import RussianKeys

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser


def path(his: Planner, ahead: int = 1) -> str:
    """The coming week: all of its hours are free whatever day it is."""
    return f"/week/{his.week(ahead).code}/"


def row(page: "Page", action: Action) -> "Locator":
    return page.locator(f"#action-{action.pk}")


def said(page: "Page", words: str) -> None:
    """In the live region, where a screen reader hears it."""
    page.wait_for_function("words => document.getElementById('live').textContent.includes(words)", arg=words)


def hand(page: "Page", what: "Locator", to: "Locator", *, top: int = 6) -> None:
    """Drag by the middle of a handle to a place below the top edge of another element."""
    start, end = what.bounding_box(), to.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 14, start["y"] + 20, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + top, steps=12)
    page.mouse.up()


def order(his: Planner) -> list[str]:
    rows = Action.objects.filter(owner=his.user, status="planned").order_by("position", "created_at")
    return list(rows.values_list("title", flat=True))


def test_lines_are_added_by_two_presses_and_the_next_one_opens(desk: Desk) -> None:
    his = Planner(desk)
    goal = his.goal(sprint=his.week(1))
    page = his.page(path(his))
    with within(page, presses=2, seconds=12):
        page.keyboard.press("KeyC")
        page.keyboard.type("Обзвонить десять", delay=KEY_MS)
        page.keyboard.press("Enter")
        page.locator(".week-title", has_text="Обзвонить десять").wait_for()
    with within(page, presses=1, seconds=12):
        page.keyboard.type("Сверить список", delay=KEY_MS)
        page.keyboard.press("Enter")
        page.locator(".week-title", has_text="Сверить список").wait_for()
    at_work(page)
    assert set(Action.objects.filter(goal=goal).values_list("title", flat=True)) == {
        "Обзвонить десять",
        "Сверить список",
    }


def test_priority_costs_one_key_and_a_slot_two(desk: Desk) -> None:
    his = Planner(desk)
    action = his.action("Показать расчёт", sprint=his.week(1))
    page = his.page(path(his))
    keys = RussianKeys(page)
    keys.press("J")
    at_work(page)
    with within(page, presses=1, seconds=2):
        keys.press("0")
        row(page, action).locator(".p0").wait_for()
    at_work(page)
    with within(page, presses=2, seconds=4):
        keys.press("T")
        page.wait_for_selector("dialog[open] [data-slot-grid] button")
        at_work(page)
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog[open]", state="detached")
        page.locator(f".week-grid [data-action$='{action.pk}/']").wait_for()
    action.refresh_from_db()
    first = action.slot_at
    assert action.priority == 0
    assert first is not None
    with within(page, presses=2, seconds=5):
        row(page, action).get_by_role("link", name="Слот времени").click()
        page.locator("dialog[open] [data-slot-grid] button").nth(2).click()
        page.wait_for_selector("dialog[open]", state="detached")
        said(page, "Показать расчёт")
    action.refresh_from_db()
    assert action.slot_at not in {None, first}
    keys.press("D")
    page.wait_for_function("() => document.querySelectorAll('.week-rows [data-row]').length === 2")
    at_work(page)
    keys.press("P")
    page.wait_for_selector("dialog[open] button[name=to]")
    page.keyboard.press("Escape")


def test_what_is_left_of_the_week_before_comes_over_by_one_press(desk: Desk) -> None:
    his = Planner(desk)
    for number in range(3):
        his.action(f"Остаток {number}", sprint=his.week(-1))
    page = his.page(path(his, 0))
    with within(page, presses=2, seconds=6):
        page.get_by_role("button", name="Перенести").click()
        page.locator(".week-rows .week-title", has_text="Остаток 2").wait_for()
    assert Action.objects.filter(owner=his.user, sprint=his.week()).count() == 3
    at_work(page)


def test_a_finding_is_borrowed_by_two_presses(desk: Desk) -> None:
    his = Planner(desk)
    finding = publish_finding(
        by=desk.house.office.sitora, claim="Сначала срок выдачи", metric="custdev", action_title="Спросить о сроке"
    )
    page = his.page(f"/community/{finding.pk}/")
    with within(page, presses=2, seconds=6):
        page.keyboard.press("KeyB")
        page.locator("dialog[open]").get_by_role("button", name="Взять себе").wait_for()
        at_work(page)
        page.keyboard.press("Control+Enter")
        page.get_by_text("В вашем бэклоге").wait_for()
    assert Action.objects.get(owner=his.user).finding == finding
    at_work(page)


@pytest.mark.parametrize("way", ["drag", "menu", "keys"])
def test_order_by_hand_by_menu_and_by_keys(desk: Desk, way: str) -> None:
    his = Planner(desk)
    first, second = (his.action(title, sprint=his.week(1)) for title in ("Первое", "Второе"))
    assert order(his) == ["Первое", "Второе"]
    page = his.page(path(his))
    if way == "drag":
        hand(page, row(page, second).locator("[data-handle]"), row(page, first))
    elif way == "menu":
        row(page, second).get_by_role("link", name="Переместить").click()
        page.locator("dialog[open]").get_by_role("button", name="Выше").click()
    else:
        RussianKeys(page).press("J", "J")
        page.keyboard.press("Alt+ArrowUp")
    said(page, "Второе")
    assert order(his) == ["Второе", "Первое"]
    if way != "drag":
        at_work(page)


@pytest.mark.parametrize("way", ["drag", "menu"])
def test_to_another_goal(desk: Desk, way: str) -> None:
    his = Planner(desk)
    week = his.week(1)
    near, far = his.goal("Ближняя", sprint=week), his.goal("Дальняя", sprint=week)
    action = his.action("Кочует", goal=near)
    his.action("Сосед", goal=far)
    page = his.page(path(his))
    if way == "drag":
        hand(page, row(page, action).locator("[data-handle]"), page.locator(f"#goal-{far.pk} .week-row"))
    else:
        row(page, action).locator("[data-row-link]").focus()
        RussianKeys(page).press("M")
        page.locator("dialog[open]").get_by_role("button", name="Дальняя").focus()
        page.keyboard.press("Enter")
    page.locator(f"#goal-{far.pk} #action-{action.pk}").wait_for()
    said(page, "Кочует")
    action.refresh_from_db()
    assert action.goal == far


def test_a_slot_by_drag_is_the_slot_of_the_dialog(desk: Desk) -> None:
    his = Planner(desk)
    action = his.action("На слот", sprint=his.week(1))
    page = his.page(path(his))
    cell = page.locator(".week-grid td[data-slot]").nth(6)
    wanted = cell.get_attribute("data-slot")
    hand(page, row(page, action).locator("[data-handle]"), cell, top=20)
    said(page, "На слот")
    action.refresh_from_db()
    assert action.slot_at is not None
    assert wanted is not None
    assert action.slot_at.astimezone(his.user.zone).isoformat() == wanted


def test_keys_are_text_in_a_field_and_rest_when_switched_off(desk: Desk) -> None:
    his = Planner(desk)
    his.action("Не трогать", sprint=his.week(1), priority=2)
    page = his.page(path(his))
    keys = RussianKeys(page)
    keys.press("C", "C", "0", "L", "T", "P", "U", "A", "D", "J")
    assert page.evaluate("document.activeElement.value") == "с0дезгфво"
    type(his.user).objects.filter(pk=his.user.pk).update(keys_enabled=False)
    page.reload()
    page.locator(".week-title", has_text="Не трогать").focus()
    keys.press("C", "0", "D", "T", "P", "L")
    page.wait_for_timeout(300)
    assert page.locator("dialog[open]").count() == 0
    assert list(Action.objects.filter(owner=his.user).values_list("priority", flat=True)) == [2]


def test_two_edit_one_week_and_neither_loses_the_others_change(desk: Desk) -> None:
    his = Planner(desk)
    mine, other = (his.action(title, sprint=his.week(1), priority=2) for title in ("Моё", "Её"))
    one, two = his.page(path(his)), his.page(path(his))
    for page, action, key in ((one, mine, "0"), (two, other, "1")):
        row(page, action).locator("[data-row-link]").focus()
        RussianKeys(page).press(key)
        row(page, action).locator(f".p{key}").wait_for()
    assert row(two, mine).get_attribute("data-priority") == "0"  # the answer shows the week as it is now
    row(one, other).locator("[data-row-link]").focus()
    RussianKeys(one).press("3")
    one.locator("dialog[open]", has_text=re.compile("изменили")).wait_for()
    other.refresh_from_db()
    assert other.priority == 1
    assert clock.now() - other.updated_at < timedelta(minutes=1)
