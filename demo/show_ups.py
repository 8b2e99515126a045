"""Meetings that did not come off, and some still ahead: not everybody who agreed to talk comes."""

from datetime import datetime, timedelta
from random import Random

from leads.choices import MeetingStatus, Outcome
from leads.models import Lead
from leads.services.fact_batch import FactDraft, record_meetings

MISSED_SHARE, OFF_SHARE, AHEAD_SHARE = 0.14, 0.05, 0.10
EARLY = ("contact", "meeting")


def miss(random: Random, at: datetime) -> int:
    """For open leads at the start of the road. Returns how many meetings were written down."""
    rows = Lead.objects.filter(outcome=Outcome.OPEN, stage__code__in=EARLY, owner__isnull=False)
    leads: list[Lead] = list(rows.select_related("owner", "party").order_by("party__name", "pk"))
    return len(record_meetings([draft for lead in leads if (draft := _draft(random, lead, at)) is not None]))


def _draft(random: Random, lead: Lead, at: datetime) -> FactDraft | None:
    """At most one a lead, after it was taken in; the working hours of an agent's day."""
    draw, since = random.random(), lead.stage_entered_at
    if lead.owner is None:
        return None
    if draw < AHEAD_SHARE:
        moment = (at + timedelta(days=random.randint(1, 6))).replace(hour=random.randint(5, 11), minute=0)
        return FactDraft(lead, lead.owner, at, {"planned_at": moment})
    shares = ((MeetingStatus.NO_SHOW, MISSED_SHARE), (MeetingStatus.CANCELLED, OFF_SHARE))
    edge = AHEAD_SHARE
    for status, share in shares:
        edge += share
        if draw < edge:
            moment = since + random.random() * (at - since)
            return FactDraft(lead, lead.owner, at, {"planned_at": moment, "status": status})
    return None
