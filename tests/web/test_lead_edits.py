"""Edits from the card: kept, refused with what was typed, and never over somebody else's."""

from decimal import Decimal
from typing import Any

import pytest

from leads.models import Lead
from leads.services.editing import update_lead
from tests.office import Office
from tests.web.lead_desk import Browse, fresh, full_lead, url

pytestmark = pytest.mark.django_db


def edit_form(lead: Lead, **changed: Any) -> dict[str, Any]:
    """What the edit form sends: every field, as the page showed it."""
    return {
        "problem": lead.problem, "resources": lead.resources, "segment": lead.segment_id or "",
        "utp": lead.utp_id or "",
        "initiative": lead.initiative_id or "", "product": lead.product_id or "", "currency": lead.currency,
        "amount": "" if lead.amount is None else lead.amount, "source_channel": lead.source_channel,
        "version": lead.version,
    } | changed  # fmt: skip


def test_an_edit_is_kept_and_reads_money_as_people_write_it(office: Office, browse: Browse) -> None:
    lead = full_lead(office)
    sent = edit_form(lead, problem="Ждут неделю", amount="12 500 000,5")
    assert browse(office.olim).post(url(lead, "edit"), sent).status_code == 302
    assert (fresh(lead).problem, fresh(lead).amount) == ("Ждут неделю", Decimal("12500000.50"))


@pytest.mark.parametrize("amount", ["-5", "много", "1e30", "NaN"])
def test_a_sum_that_is_none_comes_back(office: Office, browse: Browse, amount: str) -> None:
    lead = full_lead(office)
    answer = browse(office.olim).post(url(lead, "edit"), edit_form(lead, amount=amount, problem="Набрано"))
    assert answer.status_code == 422
    assert "Набрано" in answer.content.decode()
    assert fresh(lead).problem == "Долгая выдача"


def test_a_stale_edit_of_the_same_field_saves_neither(office: Office, browse: Browse) -> None:
    lead = full_lead(office)
    update_lead(lead=lead, by=office.oksana, changes={"problem": "Их слова"})
    answer = browse(office.olim).post(url(lead, "edit"), edit_form(lead, problem="Мои слова", resources="Есть"))
    page = answer.content.decode()
    assert answer.status_code == 409
    for words in ("Мои слова", "Их слова", "Долгая выдача", "Сейчас в базе"):
        assert words in page
    assert (fresh(lead).problem, fresh(lead).resources) == ("Их слова", "")


def test_edits_of_different_fields_both_stand(office: Office, browse: Browse) -> None:
    lead = full_lead(office)
    update_lead(lead=lead, by=office.oksana, changes={"resources": "20 млн"})
    assert browse(office.olim).post(url(lead, "edit"), edit_form(lead, problem="Мои слова")).status_code == 302
    assert (fresh(lead).problem, fresh(lead).resources) == ("Мои слова", "20 млн")


def test_who_it_is_can_be_corrected_from_the_card(office: Office, browse: Browse) -> None:
    lead = office.lead(name="Ориент")
    sent = {"name": "Orient Auto", "legal_form": "firm", "city": "Самарканд", "tax_id": "123",
            "version": lead.party.version}  # fmt: skip
    wrong = browse(office.olim).post(url(lead, "party_edit"), sent)
    assert wrong.status_code == 422
    assert "Orient Auto" in wrong.content.decode()
    assert browse(office.olim).post(url(lead, "party_edit"), sent | {"tax_id": ""}).status_code == 302
    assert fresh(lead).party.name == "Orient Auto"
