"""The card of a lead: what it shows, to whom, at what cost, and the deeds done from it."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agents.services.contacts import ContactDraft, add_contact
from common import clock
from leads.models import Lead, LossReason, Note
from leads.services import blockers, outcomes, recording
from leads.services.editing import add_note, plan_next_step, update_lead
from tests.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def browse(client: Client) -> Any:
    """A browser signed in as somebody."""

    def signed_in(user: User) -> Client:
        client.force_login(user)
        return client

    return signed_in


def url(lead: Lead, name: str = "card", *args: Any) -> str:
    return reverse(f"leads:{name}", args=[lead.pk, *args])


def full_lead(office: Office) -> Lead:
    """A lead with one of everything."""
    lead, at = office.lead(name="Orient Auto", segment_id=office.segment.pk, amount=Decimal("12500000")), clock.now()
    plan_next_step(lead=lead, by=office.olim, at=at, step_at=at + timedelta(hours=3), text="Звонок")
    add_note(lead=lead, by=office.olim, at=at, text="Просил перезвонить")
    facts = {
        "meeting": {"planned_at": at - timedelta(hours=2), "held_at": at - timedelta(hours=1), "note": "Познакомились"},
        "interview": {"problem": "Долгая выдача", "problem_validated": "yes", "quotes": "Ждут пять дней"},
        "agreement": {"agent_gives": "20 оценок", "bank_gives": "Комиссия"},
        "promise": {"metric": "Срок выдачи", "unit": "дней", "baseline": Decimal(5), "target": Decimal(1),
                    "direction": "down", "due_on": at.date()},
        "measurement": {"value": Decimal("1.4")},
    }  # fmt: skip
    recording.record_facts(lead=lead, by=office.olim, at=at, facts=facts)
    blockers.add_blocker(
        party=lead.party, by=office.olim, at=at, description="Лимит скоринга", category="scoring", responsible="Риск"
    )
    return Lead.objects.get(pk=lead.pk)


def test_the_card_shows_where_the_lead_stands_and_what_comes_next(office: Office, browse: Any) -> None:
    page = browse(office.olim).get(url(full_lead(office))).content.decode()
    for words in ("Orient Auto", "Оценщики", "Звонок", "Лимит скоринга", "20 оценок", "Срок выдачи", "1,4",
                  "Ждут пять дней", "Просил перезвонить", "Созвон-встреча"):  # fmt: skip
        assert words in page
