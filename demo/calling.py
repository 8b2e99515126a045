"""A week of talks as the exchange would have told of them: some long, some a greeting, some nobody answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from calls.choices import CallResult, Direction
from calls.services import CallDraft, log_call
from demo.drafting import Tale
from leads.models import Lead

CALLS, SOURCE = 40, "pbx"
FIRST_HOUR, LAST_HOUR = 4, 11
"""Of UTC: the working hours of Tashkent."""
ENDS = (CallResult.TALKED, CallResult.TALKED, CallResult.TALKED, CallResult.NO_ANSWER, CallResult.BUSY)
LONGEST_MINUTES = 24


def log(random: Random, tales: Sequence[Tale], at: datetime, scale: float) -> None:
    """Of leads that are still in work, by those who work them."""
    in_work = Lead.objects.open().filter(owner__isnull=False).select_related("owner", "party").in_bulk()
    told = [tale.lead.pk for tale in tales if tale.lead.pk in in_work]
    for number, pk in enumerate(random.sample(told, min(len(told), round(CALLS * scale)))):
        lead = in_work[pk]
        if lead.owner is not None:
            log_call(draft=_draft(random, lead, number, at), by=lead.owner, at=at)


def _draft(random: Random, lead: Lead, number: int, at: datetime) -> CallDraft:
    result = random.choice(ENDS)
    day = (at - timedelta(days=random.randrange(1, 7))).replace(minute=0, second=0, microsecond=0)
    begun = day.replace(hour=random.randrange(FIRST_HOUR, LAST_HOUR)) + timedelta(minutes=random.randrange(60))
    talked = result == CallResult.TALKED
    return CallDraft(
        direction=Direction.OUT if random.random() < 0.8 else Direction.IN,
        at=begun,
        result=result,
        duration_seconds=random.randrange(40, LONGEST_MINUTES * 60) if talked else 0,
        party=lead.party,
        lead=lead,
        owner=lead.owner,
        source=SOURCE,
        external_id=f"demo-{number}",
    )
