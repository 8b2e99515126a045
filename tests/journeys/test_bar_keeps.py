"""The result bar loses nothing: a session that ends over a note asks for the password there and goes on."""

import pytest

from accounts.models import Session
from backlog.models import ActionResult
from tests.journeys.conftest import Desk
from tests.journeys.planner import Planner
from tests.office import PASSWORD

pytestmark = pytest.mark.browser


def test_a_session_that_ended_over_a_note_keeps_the_note_and_the_press(desk: Desk) -> None:
    his = Planner(desk)
    action = his.action("Записать разговор", lead=his.lead("Сеанс кончился"), priority=0)
    page = his.page("/today/")
    page.get_by_text("Дата и заметка").click()
    page.locator(".result-bar [name=note]").fill("Ждёт расчёт к пятнице")
    Session.objects.filter(
        pk=next(str(cookie["value"]) for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    ).delete()
    page.get_by_role("button", name="Договорились").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=password]").wait_for()
    assert page.locator(".result-bar [name=note]").input_value() == "Ждёт расчёт к пятнице"
    assert not ActionResult.objects.filter(action=action).exists()
    if dialog.locator("[name=login]").input_value() == "":
        dialog.locator("[name=login]").fill(his.user.email)
    dialog.locator("[name=password]").fill(PASSWORD)
    dialog.get_by_role("button", name="Войти").first.click()
    page.locator("#toasts [data-toast]", has_text="договорились").wait_for()
    assert ActionResult.objects.get(action=action).note == "Ждёт расчёт к пятнице"
