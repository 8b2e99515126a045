"""The browser's people: signed in without a form, each page watched for whatever a reader would not see."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from common import clock
from funnel import rollups
from leads.services.editing import plan_next_step
from tests.journeys.house import Copy, House, served
from tests.office import Office
from tests.web.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

PATIENCE_MS = 15_000
# Answers that the pages ask for and handle; Chromium reports every one of them as an error.
_HANDLED = ("status of 409", "status of 422", "status of 401")
_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


def fill(office: Office) -> World:
    """Two owners with a record of every kind, and enough leads that lists and boards look like themselves."""
    world = World(office).fill(["olim", "sitora"])
    for number in range(12):
        lead = office.lead(office.olim, name=f"Автосалон {number}", segment_id=world.of["olim"]["segment"])
        if number % 3:
            due = clock.now() + timedelta(hours=number - 6)
            plan_next_step(lead=lead, by=office.olim, at=due - timedelta(hours=1), step_at=due, text="Позвонить")
    rollups.refresh(at=clock.now())
    return world


@pytest.fixture(scope="session")
def _copy(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Copy]:
    """Where journeys run alone nobody marked a test with a base, and pytest-django has made none."""
    with django_db_blocker.unblock():
        made = None
        if not str(connection.settings_dict["NAME"]).startswith("test_"):
            keepdb = bool(request.config.getoption("reuse_db"))
            made = setup_databases(verbosity=0, interactive=False, keepdb=keepdb, aliases={"default"})
        copy = Copy()
        copy.make()
    yield copy
    with django_db_blocker.unblock():
        copy.drop()
        if made and not request.config.getoption("reuse_db"):
            teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def _house(_copy: Copy, django_db_blocker: Any) -> Iterator[House]:
    with django_db_blocker.unblock(), _copy.entered():
        running = served(fill)
        house = running.__enter__()
    yield house
    running.__exit__(None, None, None)


@pytest.fixture
def house(_house: House, _copy: Copy, django_db_blocker: Any) -> Iterator[House]:
    with django_db_blocker.unblock(), _copy.entered():
        yield _house


@dataclass
class Desk:
    """Opens pages as somebody of the office; ``seen`` is what the browser complained of."""

    browser: "Browser"
    house: House
    seen: list[str] = field(default_factory=list)
    opened: "list[BrowserContext]" = field(default_factory=list)

    def page(self, who: str = "olim", *, width: int = 1280, height: int = 800, **options: Any) -> "Page":
        """A page of a fresh profile; ``who`` is empty for somebody who is not signed in."""
        context = self.browser.new_context(
            base_url=self.house.url, locale="ru-RU", timezone_id="Asia/Tashkent", reduced_motion="reduce",
            viewport={"width": width, "height": height}, **options,
        )  # fmt: skip
        self.opened.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(_VIOLATIONS)
        if who:
            context.add_cookies([
                {"name": "sessionid", "value": self.house.session_of(who), "url": self.house.url},
            ])  # fmt: skip
        page = context.new_page()
        page.on("pageerror", lambda error: self.seen.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message))
        return page

    def _hear(self, page: "Page", message: "ConsoleMessage") -> None:
        if message.type in {"error", "warning"} and not any(word in message.text for word in _HANDLED):
            self.seen.append(f"{page.url}: {message.text}")

    def close(self) -> None:
        for context in self.opened:
            context.close()
        self.house.traffic.settle()


@pytest.fixture
def desk(chromium: "Browser", house: House) -> Iterator[Desk]:
    desk = Desk(chromium, house)
    yield desk
    desk.close()
    assert not desk.seen, "\n".join(desk.seen)
