"""Reading campaigns: who would be written to, what came of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Count, Q

from agents.models import Party
from outreach.audience import conditions, eligible, parties_of
from outreach.choices import OUT, MessageState
from outreach.hours import next_moment, owners_day
from outreach.models import Campaign, Message, OptOut
from outreach.services.planning import drafts, room_on, written
from outreach.variables import EmptyVariable


@dataclass(frozen=True, slots=True)
class Preview:
    """The audience in figures; each party is counted under the first thing that stands in its way."""

    total: int
    no_address: int
    no_consent: int
    refused: int
    written: int
    ready: int
    today: int


@dataclass(frozen=True, slots=True)
class Example:
    """One real letter, as it would go out; ``gap`` names the variable that has nothing to put in."""

    party: Party
    address: str = ""
    subject: str = ""
    text: str = ""
    gap: str = ""


def party_log(party: Party, *, most: int) -> list[Message]:
    """The last messages to a party with what came back, newest first; two queries."""
    rows = Message.objects.filter(party=party).select_related("campaign__owner").prefetch_related("replies")
    return list(rows.order_by("-id")[:most])


def refusals_of(party: Party) -> list[OptOut]:
    """What stands against writing to the party: its own refusal first, then addresses of its that were shut."""
    rows = OptOut.objects.standing().filter(Q(party=party) | Q(party__isnull=True, message__party=party))
    return sorted(rows, key=lambda row: (row.party_id is None, row.pk))


@dataclass(slots=True)
class Figures:
    """What came of a campaign so far."""

    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    today: int = 0
    opted_out: int = 0

    @property
    def sent(self) -> int:
        return sum(self.states[state] for state in OUT)

    @property
    def planned(self) -> int:
        return self.states[MessageState.PLANNED] + self.states[MessageState.SENDING]

    @property
    def replied(self) -> int:
        return self.states[MessageState.REPLIED]


def preview(campaign: Campaign, *, at: datetime) -> Preview:
    """One pass over the audience: half a second over twenty thousand agents on a busy machine."""
    on = conditions(campaign)
    way = on["address"]
    counts: dict[str, int] = parties_of(campaign).aggregate(
        total=Count("pk"),
        written=Count("pk", filter=on["written"]),
        no_address=Count("pk", filter=~on["written"] & ~way),
        refused=Count("pk", filter=~on["written"] & way & on["refused"]),
        no_consent=Count("pk", filter=~on["written"] & way & ~on["refused"] & ~on["consent"]),
    )
    ready = counts["total"] - sum(counts[name] for name in ("written", "no_address", "refused", "no_consent"))
    return Preview(**counts, ready=ready, today=min(ready, _room_today(campaign, at)))


def _room_today(campaign: Campaign, at: datetime) -> int:
    """What the quota leaves for today, by the owner's own clock; the recipients' hours may make it fewer."""
    today = owners_day(campaign, at)
    moment = next_moment(campaign, campaign.owner.zone, at)
    if moment is None or owners_day(campaign, moment) != today:
        return 0
    return max(room_on(campaign, today), 0)


def example(campaign: Campaign) -> Example | None:
    """The next letter; None where nobody is left to write to."""
    party = eligible(campaign).first()
    draft = next(drafts(campaign, [party]), None) if party else None
    if draft is None:
        return None
    try:
        subject, text = written(campaign, draft, uuid4())
    except EmptyVariable as gap:
        return Example(draft.party, draft.address.value, gap=gap.name)
    return Example(draft.party, draft.address.value, subject, text)


def figures(campaigns: Iterable[Campaign], *, at: datetime) -> dict[UUID, Figures]:
    """By the campaign's id; three queries for any number of campaigns."""
    by_id = {campaign.pk: campaign for campaign in campaigns}
    found = {pk: Figures() for pk in by_id}
    messages = Message.objects.filter(campaign__in=by_id)
    for pk, state, count in messages.order_by().values_list("campaign", "state").annotate(count=Count("pk")):
        found[pk].states[state] = count
    for pk, count in _today(messages, by_id.values(), at):
        found[pk].today = count
    refusals = OptOut.objects.filter(message__campaign__in=by_id).order_by()
    for pk, count in refusals.values_list("message__campaign").annotate(count=Count("pk")):
        found[pk].opted_out = count
    return found


def _today(messages: Any, campaigns: Iterable[Campaign], at: datetime) -> Any:
    """Owners in different zones have different days."""
    days: dict[Any, list[UUID]] = defaultdict(list)
    for campaign in campaigns:
        days[owners_day(campaign, at)].append(campaign.pk)
    wanted = Q(pk__in=[])
    for day, ids in days.items():
        wanted |= Q(campaign__in=ids, planned_for=day)
    return messages.filter(wanted).order_by().values_list("campaign").annotate(count=Count("pk"))
