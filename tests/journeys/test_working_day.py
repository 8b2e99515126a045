"""A working day: a file becomes leads, a lead passes a gate, and stands where the board and the funnel count it."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agents.models import Party
from common import clock
from funnel import rollups
from leads.models import Lead
from tests.journeys.conftest import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
FILE = """Внешний номер;Имя;Телефон;Город;Проблематика
W-1;Салон Восход;+998 90 700-00-01;Самарканд;Долгая выдача
W-2;Салон Закат;+998 90 700-00-02;Бухара;Нет рассрочки
W-3;Салон Полдень;+998 90 700-00-03;Нукус;Отказы
"""
THRICE = """() => {
  const form = [...document.forms].find((form) => form.method === "post" && form.elements.name);
  form.requestSubmit();
  form.requestSubmit();
  HTMLFormElement.prototype.submit.call(form);
}"""
HELD = "2026-11-20T10:30"


def test_from_a_file_to_the_funnel(desk: Desk, tmp_path: Path) -> None:
    page = desk.page("oksana")
    _import(page, desk, tmp_path)
    page.get_by_role("link", name="Открыть лиды").click()
    page.get_by_role("link", name="Салон Восход", exact=True).click()
    page.wait_for_url(re.compile(r"/leads/[0-9a-f-]{36}/"))
    lead = Lead.objects.get(party__name="Салон Восход")

    _open_gate(page)
    dialog = page.locator("dialog[open]")
    asked = dialog.locator("input:not([type=hidden]), textarea, select").evaluate_all("all => all.map((e) => e.name)")
    assert {"meeting-planned_at", "meeting-held_at"} <= set(asked)
    assert not [name for name in asked if name.split("-")[0] not in {"meeting"}]
    page.locator("dialog[open] [name=meeting-held_at]").fill(HELD)
    dialog.get_by_role("button", name="Перевести").click()
    page.get_by_text("Для этапа «CustDev»").wait_for()
    lead.refresh_from_db()
    assert lead.stage.code == "meeting"

    page.goto("/leads/board/")
    card = page.locator("[data-column=meeting] [data-card]", has_text="Салон Восход")
    card.wait_for()
    assert page.locator("[data-column=contact] [data-card]", has_text="Салон Восход").count() == 0
    _funnel(page, desk)


def _import(page: "Page", desk: Desk, folder: Path) -> None:
    """The wizard, with the worker's part done between its steps."""
    file = folder / "салоны.csv"
    file.write_bytes(FILE.encode("cp1251"))
    page.goto("/imports/new/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Дальше: колонки").click()
    page.get_by_role("button", name="Дальше: проверка").click()
    page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}/$"))
    desk.house.work_off()
    page.get_by_role("button", name="Загрузить", exact=True).click()
    page.wait_for_load_state()
    desk.house.work_off()
    page.get_by_role("link", name="Открыть лиды").wait_for()


def _open_gate(page: "Page") -> None:
    page.locator("#lead-next").click()
    page.wait_for_selector("dialog[open] form")


def _funnel(page: "Page", desk: Desk) -> None:
    """The number at the stage is one, and its link opens exactly that row."""
    desk.house.work_off()
    rollups.refresh(at=clock.now())
    page.goto(f"/reports/funnel/?owner={desk.house.office.oksana.pk}")
    line = page.locator("tbody tr", has_text="Созвон-встреча").first
    number = line.locator("td.num a").first
    assert number.inner_text().strip() == "1"
    number.click()
    page.wait_for_url(re.compile(r"/reports/rows/\?"))
    assert page.locator("tbody tr").get_by_role("link", name="Салон Восход").count() == 1


def test_without_scripts_the_same_work_gets_done(desk: Desk) -> None:
    house = desk.house
    lead = house.office.lead(house.office.lola, name="Лавка без сценариев")
    page = desk.page("", java_script_enabled=False)
    page.goto("/login/")
    page.locator("[name=login]").fill("lola@bank.test")
    page.locator("[name=password]").fill("demo-demo-demo")
    page.get_by_role("button", name="Войти").first.click()
    page.goto("/leads/")
    page.locator("#filter-q").fill("без сценариев")
    page.locator("#filter-q").press("Enter")
    assert page.locator("[data-row] [data-row-link]").all_inner_texts() == ["Лавка без сценариев"]
    page.get_by_role("link", name="Лавка без сценариев", exact=True).click()

    page.locator("#step .step-form [name=text]").fill("Показать расчёт")
    page.get_by_role("button", name="завтра 10:00").click()
    lead.refresh_from_db()
    assert lead.next_action == "Показать расчёт"

    page.locator("#lead-next").click()
    page.locator("[name=meeting-held_at]").fill(HELD)
    page.get_by_role("button", name="Перевести").last.click()
    lead.refresh_from_db()
    assert lead.stage.code == "meeting"
    house.work_off()
    rollups.refresh(at=clock.now())
    page.goto("/reports/funnel/")
    page.locator("tbody tr", has_text="Созвон-встреча").first.wait_for()


@pytest.mark.parametrize(
    ("path", "name"), [("/leads/new/", "Лид двух нажатий"), ("/agents/new/", "Агент двух нажатий")]
)
def test_a_double_press_makes_one_record(desk: Desk, path: str, name: str) -> None:
    page = desk.page("oksana")
    page.goto(path)
    page.locator("form [name=name]").fill(name)
    page.locator("form :is([name=phone], [name=value], [name=contact])").first.fill(desk.house.office.phone())
    with page.expect_navigation():
        page.evaluate(THRICE)
    page.wait_for_load_state()
    desk.house.traffic.settle()
    assert Party.objects.filter(name=name).count() == 1
    assert Lead.objects.filter(party__name=name).count() == (path == "/leads/new/")
