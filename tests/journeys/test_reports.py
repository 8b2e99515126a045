"""The reports in a browser: without scripts, on paper, on a phone, by keys, and still while they load."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import Desk
from tests.journeys.test_every_page import KB, packed, sideways

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
REPORTS = ("funnel", "cohorts", "time", "matrix", "compare", "rows")
MOST_PAGES = 3
MOST_SHIFT = 0.05
MOST_SCRIPT = 260 * KB
_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def address(name: str, query: str = "") -> str:
    return f"/reports/{name}/?{'stage=contact' if name == 'rows' else ''}&{query}"


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_goes_on_a_few_sheets_of_paper(name: str, desk: Desk) -> None:
    page = desk.page("nodira")
    page.goto(address(name, "source=x"))
    page.goto(address(name))
    page.emulate_media(media="print")
    assert 1 <= pages_of(page.pdf(format="A4")) <= MOST_PAGES
    for gone in (".rail", ".filter-bar", ".period-bar", ".report-foot .actions"):
        assert not page.locator(gone).first.is_visible(), gone
    foot = " ".join(page.locator(".print-foot").all_inner_texts())
    assert f"/reports/{name}/" in foot
    assert "по сегодня" in foot
    assert re.search(r"\d\d\.\d\d\.\d{4} \d\d:\d\d", foot)


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_of_a_report_moves_while_it_loads_and_its_scripts_are_few(name: str, desk: Desk) -> None:
    page = desk.page("nodira")
    scripts: set[str] = set()
    page.on("response", lambda r: scripts.add(r.url) if r.request.resource_type == "script" else None)
    page.add_init_script(_SHIFTS)
    page.goto(address(name), wait_until="networkidle")
    assert page.evaluate("window.shifted") <= MOST_SHIFT
    paths = ["/static/" + url.split("/static/")[1].split("?")[0] for url in scripts]
    assert sum(packed(path) for path in paths) <= MOST_SCRIPT


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_works_without_scripts(name: str, desk: Desk) -> None:
    page = desk.page("nodira", java_script_enabled=False)
    page.goto(address(name))
    assert page.locator("#results table, #results .empty").first.is_visible()
    assert not page.locator("[data-print]").is_visible()
    page.select_option("[name=owner]", label="Olim")
    page.locator(".filter-submit").click()
    assert "owner=" in page.url
    assert page.locator(".chip", has_text="Olim").is_visible()
    page.locator("#report-tabs a", has_text="Когорты").click()
    assert "/reports/cohorts/" in page.url
    assert "owner=" in page.url


@pytest.mark.parametrize("name", ["funnel", "matrix"])
def test_key_t_lays_the_tables_open_and_closes_them(name: str, desk: Desk) -> None:
    page = desk.page("nodira")
    page.goto(address(name))
    assert not page.locator(".twin table").first.is_visible()
    page.keyboard.press("t")
    page.wait_for_url("**tables=1**")
    assert page.locator(".twin table").first.is_visible()
    page.keyboard.press("t")
    page.wait_for_url(lambda url: "tables" not in url)
    assert not page.locator(".twin table").first.is_visible()


def test_keys_turn_the_periods(desk: Desk) -> None:
    page = desk.page("nodira")
    page.goto(address("compare"))
    usual = page.locator("#report-periods [aria-current]").inner_text()
    page.keyboard.press("Comma")
    page.wait_for_url("**from=**")
    assert usual == "12 недель"
    assert not page.locator("#report-periods [aria-current]").count()
    earlier = page.url
    page.keyboard.press("Period")
    page.wait_for_url(lambda url: "from=" in url and url != earlier)


def test_a_number_opens_its_rows_and_a_row_its_lead(desk: Desk) -> None:
    page = desk.page("nodira")
    page.goto(address("funnel"))
    number = page.locator("#results tbody td a").first
    shown = number.inner_text()
    number.click()
    page.wait_for_url("**/reports/rows/**")
    assert page.locator("[aria-live=polite]", has_text="Вошли в").inner_text().endswith(f": {shown}")
    page.locator("[data-row-link]").first.click()
    page.wait_for_url("**/leads/*/")


def test_the_choice_of_a_stage_follows_the_chosen_funnel(desk: Desk) -> None:
    page = desk.page("nodira")
    page.goto(address("matrix"))
    page.select_option("[name=stage]", "custdev")
    page.wait_for_url("**stage=custdev**")
    page.select_option("[name=funnel]", "client")
    page.wait_for_url("**funnel=client**")
    assert page.locator("[name=stage]").input_value() == "custdev"


def _heat_seen(page: "Page") -> tuple[bool, bool]:
    return page.locator(".heat").is_visible(), page.locator(".twin-phone table").is_visible()


def test_the_map_of_pairs_is_a_list_on_a_phone(desk: Desk) -> None:
    page = desk.page("nodira")
    page.goto(address("matrix"))
    assert _heat_seen(page) == (True, False)
    page.set_viewport_size({"width": 390, "height": 844})
    assert _heat_seen(page) == (False, True)
    assert not sideways(page)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [390, 320])
def test_a_report_is_no_wider_than_a_phone(name: str, width: int, desk: Desk) -> None:
    page = desk.page("nodira", width=width, height=844, has_touch=True)
    page.goto(address(name, "tables=1"))
    assert not sideways(page)
    small = page.evaluate("""() => [...document.querySelectorAll("#results a, #results summary, #results button")]
      .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 24)
      .map((e) => e.outerHTML.slice(0, 120))""")
    assert not small
