"""A deed in a dialog over a card: the card behind it shows it at once, without the reader reloading anything."""

import pytest
from django.urls import reverse

from tests.journeys.conftest import Desk

pytestmark = pytest.mark.browser


def test_a_consent_given_and_withdrawn_in_a_dialog_is_seen_on_the_card(desk: Desk) -> None:
    lead = desk.house.office.lead(desk.house.office.olim, name="Тохир Юнусов")
    page = desk.page(width=390, height=844)
    page.goto(reverse("agents:card", args=[lead.party_id]))
    consents = page.locator("#consents")
    consents.get_by_text("Записать согласие").click()
    page.select_option("dialog[open] [name=purpose]", "marketing")
    page.select_option("dialog[open] [name=source]", "paper")
    page.fill("dialog[open] [name=text_version]", "3 от 01.09.2026")
    page.locator("dialog[open]").get_by_role("button", name="Сохранить").click()
    consents.get_by_text("редакция 3 от 01.09.2026").wait_for()
    assert page.url.endswith("#consents")
    consents.get_by_text("Отозвать").first.click()
    page.locator("dialog[open]").get_by_role("button", name="Отозвать").click()
    consents.get_by_text("отозвано").wait_for()
    assert page.locator("dialog[open]").count() == 0
