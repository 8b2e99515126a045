"""A past for the people of the office: leads that came over some months, some as far as a contract."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.models import User
from agents.services.parties import PartyDraft
from common import clock
from leads.drafts import HistoryStep, LeadDraft
from leads.services.intake import take_in
from tests.office import Office

ROAD = ("meeting", "custdev", "verbal_contract", "signed_contract", "value_delivered")


def live_through(office: Office, owner: User, *, seed: int, count: int = 60, days: int = 150, **fields: Any) -> None:
    """A quarter of the leads stops at each stage. ``fields`` are of every lead."""
    random, now = Random(seed), clock.now()
    drafts = [_draft(office, owner, number, _road(random, now, days), fields) for number in range(count)]
    for answer in take_in(drafts=drafts, by=owner, at=now, origin="import"):
        assert answer.refusal is None


def _road(random: Random, now: datetime, days: int) -> tuple[HistoryStep, ...]:
    at = now - timedelta(days=random.uniform(1, days))
    steps = [HistoryStep("contact", at)]
    for code in ROAD:
        at += timedelta(days=random.expovariate(0.2))
        if at > now or random.random() < 0.25:
            break
        steps.append(HistoryStep(code, at))
    return tuple(steps)


def _draft(office: Office, owner: User, number: int, steps: tuple[HistoryStep, ...], more: dict[str, Any]) -> LeadDraft:
    name = f"{owner.name}-{number}"
    party = PartyDraft(kind="agent", name=name, source="past", external_id=name)
    fields = {"product_id": office.product.pk} | more
    return LeadDraft(
        kind="agent", party=party, owner=owner, history=steps, source="past", external_id=name, fields=fields
    )
