"""A lead with one of everything, and the addresses of its card."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from common import clock
from leads.models import Lead
from leads.services import blockers, recording
from leads.services.editing import add_note, plan_next_step
from tests.office import Office

Browse = Callable[[User], Client]
"""A browser signed in as somebody."""


def url(lead: Lead, name: str = "card", *args: Any) -> str:
    return reverse(f"leads:{name}", args=[lead.pk, *args])


def fresh(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def full_lead(office: Office) -> Lead:
    """A lead with one of everything."""
    lead, at = office.lead(name="Orient Auto", segment_id=office.segment.pk, amount=Decimal(12500000)), clock.now()
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
    recording.record_facts(lead=fresh(lead), by=office.olim, at=at, facts=facts)
    blockers.add_blocker(
        party=lead.party, by=office.olim, at=at, description="Лимит скоринга", category="scoring", responsible="Риск"
    )
    return fresh(lead)
