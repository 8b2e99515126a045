"""Every page of the policy as a browser sees it: readable by everyone, no wider than a phone, light, and quiet."""

import gzip
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders

from tests.journeys.conftest import Desk
from tests.journeys.house import House
from tests.web.policy import POLICY, Door, Rule
from tests.web.routes import address

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
AXE = Path(__file__).resolve().parents[2] / "assets" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = ["color-contrast"]
PHONE = {"width": 390, "height": 844}
KB = 1024
MOST = {"script": 60 * KB, "stylesheet": 40 * KB}
PAGES = [rule for rule in POLICY if rule.shows_a_page]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def findings(page: "Page", *, rules: list[str] | None = None) -> list[str]:
    """Serious and critical findings of axe on the page as it stands."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe())
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found: dict[str, Any] = page.evaluate(
        "options => axe.run(document, options)", {"runOnly": only, "resultTypes": ["violations"]}
    )
    return [
        f"{item['id']} ({item['impact']}): {node['target']} {node['html'][:160]} {_why(node)}"
        for item in found["violations"]
        if item["impact"] in {"serious", "critical"}
        for node in item["nodes"][:3]
    ]


def _why(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])[:200]


def sideways(page: "Page") -> list[str]:
    """What sticks out of the window, when the page can be scrolled sideways."""
    return list(
        page.evaluate("""() => {
      const wide = document.documentElement.scrollWidth, room = window.innerWidth;
      if (wide <= room) return [];
      const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > room + 1);
      return [`${wide} > ${room}`, ...out.slice(0, 4).map((e) => e.outerHTML.slice(0, 140))];
    }""")
    )


def path_of(rule: Rule, house: House) -> str:
    records = house.world.of["bank"] | house.world.of["olim"]
    return address(rule, records.get(rule.of), {name: records[name] for name in rule.also})


def reader_of(rule: Rule) -> str:
    if rule.name == "account_login":
        return ""
    return "adiba" if rule.door in {Door.ADMIN, Door.SETTINGS} else "olim"


@cache
def packed(path: str) -> int:
    """Bytes of a static file after gzip."""
    found = finders.find(path.removeprefix("/static/"))
    assert isinstance(found, str), path
    return len(gzip.compress(Path(found).read_bytes(), 9))


@pytest.mark.parametrize("rule", PAGES, ids=[rule.name for rule in PAGES])
def test_page_is_sound(rule: Rule, desk: Desk) -> None:
    page = desk.page(reader_of(rule))
    loaded: dict[str, set[str]] = {kind: set() for kind in MOST}
    page.on("response", lambda r: loaded.get(r.request.resource_type, set()).add(urlsplit(r.url).path))
    answer = page.goto(path_of(rule, desk.house))
    assert answer is not None
    assert answer.status in {200, 409}
    wrong = [f"light: {text}" for text in findings(page)]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    wrong += [f"dark: {text}" for text in findings(page, rules=CONTRAST)]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    wrong += [f"sideways at 390: {text}" for text in sideways(page)]
    if rule.main:
        wrong += [f"dark, 390: {text}" for text in findings(page)]
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        wrong += [f"light, 390: {text}" for text in findings(page, rules=CONTRAST)]
    wrong += [f"policy: {text}" for text in page.evaluate("window.violations")]
    for kind, most in MOST.items():
        size = sum(packed(path) for path in loaded[kind] if path.startswith("/static/"))
        wrong += [f"{kind}: {size} bytes packed, at most {most}"] if size > most else []
    assert not wrong, "\n" + "\n".join(wrong)


DIALOGS = ("leads:list", "leads:board", "leads:card", "agents:card", "segments:detail", "initiatives:detail")


@pytest.mark.parametrize("name", DIALOGS)
def test_dialogs_over_a_page_are_sound(name: str, desk: Desk) -> None:
    """The first few of its dialogs, opened where they open, in both themes."""
    rule = next(rule for rule in POLICY if rule.name == name)
    page = desk.page()
    page.goto(path_of(rule, desk.house))
    links = page.locator("#content a[data-dialog]:visible")
    wrong = []
    for number in range(min(links.count(), 3)):
        links.nth(number).click()
        page.wait_for_selector("dialog[open] :is(h1, h2, form)")
        wrong += [f"light: {text}" for text in findings(page)]
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        wrong += [f"dark: {text}" for text in findings(page, rules=CONTRAST)]
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog[open]", state="detached")
    assert not wrong, "\n" + "\n".join(wrong)


def test_what_is_wrong_with_a_page_is_found(desk: Desk) -> None:
    """The control of all above: pale words, a nameless field, a wide block and an inline script are noticed."""
    page = desk.page("")
    page.goto("/login/")
    page.evaluate("""() => {
      const box = document.createElement("main");
      box.innerHTML = '<p>бледно</p><input name="nameless"><div>широко</div>';
      document.body.append(box);
      Object.assign(box.children[0].style, { color: "#eee", background: "#fff" });
      Object.assign(box.children[2].style, { width: "900px" });
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
    }""")
    found = " ".join(findings(page))
    assert "color-contrast" in found
    assert "label" in found
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert "широко" in " ".join(sideways(page))
    assert page.evaluate("window.violations.length && !window.ran")
    assert "script" in desk.seen.pop()
