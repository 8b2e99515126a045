"""The plan of a day: whom of the audience to write to, when, with which text. Never more than the quota."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from agents.models import Party
from common import clock
from common.ids import uuid7
from jobs import services as jobs
from jobs.registry import JobRun
from jobs.services import Duty
from leads.models import Lead
from outreach.addresses import Address, addresses
from outreach.audience import eligible, leads_of
from outreach.choices import CampaignStatus, MessageState, Reason
from outreach.hours import next_moment, owners_day, recipients_zone, window_on
from outreach.links import opt_out_address
from outreach.models import Campaign, Message
from outreach.variables import EmptyVariable, Recipient, render

PLAN_JOB, SEND_JOB = "outreach_plan", "outreach_send"
_PORTION = 500


def owe_plan(*, campaign: Campaign, at: datetime) -> None:
    """Owe the plan of the owner's today; once a day and run, however often it is asked for."""
    day = owners_day(campaign, at)
    payload = {"campaign": str(campaign.pk), "day": day.isoformat(), "run": campaign.run}
    jobs.owe([Duty(PLAN_JOB, f"{PLAN_JOB}:{campaign.pk}:{campaign.run}:{day}", payload, at)])


def owe_plans(*, at: datetime) -> int:
    """The tick: a plan for every running campaign that has none for its owner's today. Returns how many."""
    count = 0
    for campaign in Campaign.objects.filter(status=CampaignStatus.RUNNING).select_related("owner"):
        if campaign.planned_on != owners_day(campaign, at):
            owe_plan(campaign=campaign, at=at)
            count += 1
    return count


def send_key(message_id: UUID, due_at: datetime) -> str:
    return f"{SEND_JOB}:{message_id}:{due_at.astimezone(UTC).isoformat()}"


def _payload(message_id: UUID, due_at: datetime) -> dict[str, str]:
    return {"message": str(message_id), "due": due_at.isoformat()}


def owe_sending(messages: Iterable[Message]) -> None:
    jobs.owe(
        Duty(SEND_JOB, send_key(one.pk, one.due_at), _payload(one.pk, one.due_at), one.due_at)
        for one in messages
        if one.due_at is not None
    )


@transaction.atomic
def plan_day(*, campaign_id: UUID, day: date, run: int, at: datetime) -> int:
    """Plan the owner's ``day``. Returns how many messages.

    The campaign's row is locked meanwhile, and only what the quota leaves is planned: a second plan of the same day,
    from another worker or after a pause, finds no room. A plan that comes too late, or of an earlier run, does nothing.
    """
    list(Campaign.objects.select_for_update(no_key=True).filter(pk=campaign_id).values_list("pk"))
    campaign = Campaign.objects.for_list().filter(pk=campaign_id, run=run, status=CampaignStatus.RUNNING).first()
    if campaign is None or owners_day(campaign, at) != day:
        return 0
    if campaign.ends_on is not None and campaign.ends_on < day:
        Campaign.objects.filter(pk=campaign_id).update(status=CampaignStatus.DONE)
        return 0
    made = list(_messages(campaign, day, at))
    Message.objects.bulk_create(made, batch_size=_PORTION)
    planned = [one for one in made if one.state == MessageState.PLANNED]
    owe_sending(planned)
    Campaign.objects.filter(pk=campaign_id).update(planned_on=day)
    return len(planned)


def room_on(campaign: Campaign, day: date) -> int:
    """How many messages the quota leaves for this day; zero and less mean none."""
    return campaign.quota - Message.objects.filter(campaign=campaign, planned_for=day).count()


@dataclass(frozen=True, slots=True)
class Draft:
    """A text for one recipient, not written down yet."""

    party: Party
    lead: Lead | None
    address: Address
    to: Recipient


def drafts(campaign: Campaign, parties: list[Party]) -> Iterator[Draft]:
    """What is known of these parties for the text; three queries for any number of them."""
    found = addresses(campaign.template.channel, [party.pk for party in parties])
    rows = leads_of(campaign).filter(party__in=parties)
    rows = rows.select_related("product", "utp", "agent", "segment", "initiative").order_by("created_at", "pk")
    leads: dict[UUID, Lead] = {lead.party_id: lead for lead in rows}
    for party in parties:
        if (address := found.get(party.pk)) is not None:
            lead = leads.get(party.pk)
            yield Draft(party, lead, address, Recipient(party, lead, campaign.owner, address.contact.person))


def written(campaign: Campaign, draft: Draft, message_id: UUID) -> tuple[str, str]:
    """Subject and text, with the way to refuse at the end. In the bank's language, whoever looks.

    Raises EmptyVariable, Invalid.
    """
    template = campaign.template
    with translation.override(settings.LANGUAGE_CODE):
        text = render(template.body, draft.to) + "\n\n" + _way_out(template.channel, message_id)
        return render(template.subject, draft.to)[:400], text


def _way_out(channel: str, message_id: UUID) -> str:
    if channel == "telegram":
        return _("Чтобы больше не получать сообщений, ответьте «стоп».")
    return _("Больше не получать сообщений: %(address)s") % {"address": opt_out_address(message_id)}


def _messages(campaign: Campaign, day: date, at: datetime) -> Iterator[Message]:
    """As many as the quota leaves, spread over what is left of each recipient's hours."""
    room, taken = room_on(campaign, day), 0
    for draft in _candidates(campaign):
        if taken >= room:
            return
        moment = _moment(campaign, draft.party, day, at, taken / room)
        if moment is None:
            continue
        message = _message(campaign, draft)
        if message.state == MessageState.PLANNED:
            message.planned_for, message.due_at = day, moment
            taken += 1
        yield message


def _candidates(campaign: Campaign) -> Iterator[Draft]:
    portion: list[Party] = []
    for party in eligible(campaign).iterator(chunk_size=_PORTION):
        portion.append(party)
        if len(portion) == _PORTION:
            yield from drafts(campaign, portion)
            portion = []
    yield from drafts(campaign, portion)


def _moment(campaign: Campaign, party: Party, day: date, at: datetime, share: float) -> datetime | None:
    """A moment of the owner's ``day`` inside the recipient's hours; None where his hours are over for it."""
    zone = recipients_zone(party, campaign)
    first = next_moment(campaign, zone, at)
    if first is None or owners_day(campaign, first) != day:
        return None
    window = window_on(campaign, zone, first.astimezone(zone).date())
    spread = first + (window[1] - first) * share if window else first
    return spread if owners_day(campaign, spread) == day else first


def _message(campaign: Campaign, draft: Draft) -> Message:
    message = Message(
        pk=uuid7(), campaign=campaign, party=draft.party, lead=draft.lead, contact=draft.address.contact,
        channel=campaign.template.channel, address=draft.address.value,
    )  # fmt: skip
    try:
        message.subject, message.text = written(campaign, draft, message.pk)
    except EmptyVariable as gap:
        message.state, message.reason, message.detail = MessageState.SKIPPED, Reason.EMPTY_VARIABLE, gap.name
    return message


def plan_from_job(run: JobRun) -> None:
    """The job's handler."""
    payload = run.payload
    plan_day(
        campaign_id=UUID(payload["campaign"]),
        day=date.fromisoformat(payload["day"]),
        run=payload["run"],
        at=clock.now(),
    )
