"""The public form in a frame of another site: it works on the site it names, and the browser shows it on no other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from forms.models import Submission
from tests.forms.desk import form_of
from tests.journeys.house import House

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PATIENCE_MS = 15_000
FASTER_THAN_PEOPLE_MS = 2_200


@contextmanager
def site() -> Iterator[tuple[str, dict[str, str]]]:
    """Somebody's site: its origin, and the address that its page frames."""
    framed = {"address": ""}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = f'<!doctype html><title>Site</title><iframe src="{framed["address"]}" width="600" height="700">'
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"{page}</iframe>".encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the test reads pages, not logs."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", framed
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visitor(chromium: "Browser") -> "Iterator[Page]":
    """Somebody with a fresh profile and without scripts: the form needs none."""
    context = chromium.new_context(locale="ru-RU", java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_a_framed_form_is_sent_without_scripts_and_cookies(visitor: "Page", house: House) -> None:
    with site() as (origin, framed):
        form = form_of(house.office, origins=[origin], title="В рамке")
        framed["address"] = house.url + reverse("public_form", args=[form.key])
        visitor.goto(origin)
        inside = visitor.frame_locator("iframe")
        inside.get_by_role("heading", name="Заявка").wait_for()
        inside.locator("[name=name]").fill("Зафар Каримов")
        inside.locator("[name=phone]").fill("+998 90 765-43-21")
        inside.locator("[name=agreed]").check()
        visitor.wait_for_timeout(FASTER_THAN_PEOPLE_MS)
        inside.get_by_role("button", name="Отправить").click()
        inside.get_by_text("Спасибо, перезвоним").wait_for()
        assert visitor.context.cookies() == []
        assert Submission.objects.filter(form=form, state="received").count() == 1


def test_a_site_that_the_form_does_not_name_shows_nothing_of_it(visitor: "Page", house: House) -> None:
    with site() as (allowed, framed), site() as (foreign, stolen):
        form = form_of(house.office, origins=[allowed], title="Чужая рамка")
        framed["address"] = stolen["address"] = house.url + reverse("public_form", args=[form.key])
        visitor.goto(foreign)
        visitor.wait_for_timeout(500)
        assert visitor.frame_locator("iframe").get_by_role("heading", name="Заявка").count() == 0
        visitor.goto(allowed)  # the control: the same form, the same page, the site that it names
        visitor.frame_locator("iframe").get_by_role("heading", name="Заявка").wait_for()
