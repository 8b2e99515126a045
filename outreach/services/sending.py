"""Sending one message: claimed in one transaction, sent outside any, marked in another.

A worker killed between sending and marking leaves the row «sending»; the next one sends again with the same id.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from agents.choices import ConsentPurpose
from agents.selectors import has_live_consent
from channels.messages import Outgoing, Rejected, Sent, TryLater, Why
from channels.registry import NotConfigured, send
from common import clock
from jobs.registry import JobRun
from outreach.choices import WAITING, MessageState, OptOutSource, Reason
from outreach.hours import next_moment, owners_day, recipients_zone
from outreach.links import opt_out_address
from outreach.models import Campaign, Message, OptOut
from outreach.services.planning import owe_sending, room_on

MOST_ATTEMPTS = 8
_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Claimed:
    message_id: UUID
    channel: str
    outgoing: Outgoing


def send_from_job(run: JobRun) -> None:
    """The job's handler. It is not atomic: no transaction is open while the channel is waited for."""
    message_id = UUID(run.payload["message"])
    claimed = claim(message_id=message_id, due_at=datetime.fromisoformat(run.payload["due"]), at=clock.now())
    if claimed is None:
        return
    try:
        sent = send(claimed.channel, claimed.outgoing)
    except NotConfigured:
        later(message_id=message_id, trouble=TryLater(3600, Why.MISCONFIGURED), at=clock.now())
    except TryLater as trouble:
        later(message_id=message_id, trouble=trouble, at=clock.now())
    except Rejected as refusal:
        fail(message_id=message_id, refusal=refusal, at=clock.now())
    else:
        mark_sent(message_id=message_id, sent=sent, at=clock.now())


@transaction.atomic
def claim(*, message_id: UUID, due_at: datetime, at: datetime) -> Claimed | None:
    """Judge at this very moment whether the message may go, and take it; None when it goes later or not at all.

    ``due_at`` is the moment of the duty: a message that was postponed since has a newer one. A worker whose clock is
    behind the database's counts from it too.
    """
    message = _locked(message_id)
    if message is None or message.state not in WAITING or message.due_at != due_at:
        return None
    at = max(at, due_at)
    campaign = message.campaign
    if (reason := _against(message)) is not None:
        _end(message, MessageState.SKIPPED, reason)
        return None
    moment = next_moment(campaign, recipients_zone(message.party, campaign), at)
    if moment is None:
        _end(message, MessageState.SKIPPED, Reason.OVER)
        return None
    if moment > at or not _holds_quota(message, at):
        _postpone(message, moment)
        return None
    message.state = MessageState.SENDING
    message.attempts += 1
    message.save(update_fields=["state", "attempts", "planned_for", "updated_at"])
    return Claimed(message.pk, message.channel, _outgoing(message))


def _locked(message_id: UUID) -> Message | None:
    """The campaign's row first, as everywhere, so that a pause and a worker never wait for each other in a ring."""
    campaigns = Message.objects.filter(pk=message_id).values("campaign_id")
    list(Campaign.objects.select_for_update(no_key=True).filter(pk__in=campaigns).values_list("pk"))
    rows = Message.objects.select_for_update(of=("self",))
    return rows.select_related("campaign__owner", "campaign__template", "party").filter(pk=message_id).first()


def _against(message: Message) -> Reason | None:
    """What forbids writing now, whatever was true when it was planned."""
    if not message.campaign.is_running:
        return Reason.STOPPED
    if not has_live_consent([message.party_id], ConsentPurpose.MARKETING):
        return Reason.NO_CONSENT
    refusals = OptOut.objects.covering(party_id=message.party_id, channel=message.channel, address=message.address)
    if refusals.exists():
        return Reason.OPTED_OUT
    return Reason.NO_ADDRESS if message.contact_id is None else None


def _holds_quota(message: Message, at: datetime) -> bool:
    """A message that was left lying since another day needs room in today's quota."""
    today = owners_day(message.campaign, at)
    if message.planned_for == today:
        return True
    if room_on(message.campaign, today) <= 0:
        return False
    message.planned_for = today
    return True


def _postpone(message: Message, moment: datetime) -> None:
    """To the recipient's next hours, on a day whose quota has room."""
    campaign, zone = message.campaign, recipients_zone(message.party, message.campaign)
    for _day in range(_MOST_DAYS):
        day = owners_day(campaign, moment)
        if message.planned_for == day or room_on(campaign, day) > 0:
            message.planned_for, message.due_at = day, moment
            message.save(update_fields=["planned_for", "due_at", "updated_at"])
            owe_sending([message])
            return
        midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), campaign.owner.zone)
        following = next_moment(campaign, zone, max(moment, midnight))
        if following is None:
            break
        moment = following
    _end(message, MessageState.SKIPPED, Reason.OVER)


def _end(message: Message, state: MessageState, reason: str, detail: str = "") -> None:
    message.state, message.reason, message.detail = state, reason, detail
    message.save(update_fields=["state", "reason", "detail", "updated_at"])


def _outgoing(message: Message) -> Outgoing:
    headers = {}
    if message.channel == "email":
        headers = {
            "List-Unsubscribe": f"<{opt_out_address(message.pk)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Reply-To": message.campaign.owner.email,
        }
    return Outgoing(id=str(message.pk), to=message.address, subject=message.subject, text=message.text, headers=headers)


@transaction.atomic
def mark_sent(*, message_id: UUID, sent: Sent, at: datetime) -> None:
    """A reply may have come before this: it is not overwritten."""
    rows = Message.objects.filter(pk=message_id)
    rows.filter(state=MessageState.SENDING).update(state=MessageState.SENT, version=F("version") + 1)
    rows.update(sent_at=at, provider_id=sent.provider_id[:250], reason="", detail="", updated_at=at)


@transaction.atomic
def later(*, message_id: UUID, trouble: TryLater, at: datetime) -> None:
    """Try again after the pause that was asked for, longer each time; after eight attempts give up."""
    message = _locked(message_id)
    if message is None or message.state != MessageState.SENDING:
        return
    if message.attempts >= MOST_ATTEMPTS:
        _end(message, MessageState.FAILED, trouble.reason, trouble.detail)
        return
    message.state, message.reason, message.detail = MessageState.PLANNED, trouble.reason, trouble.detail
    pause = timedelta(seconds=max(trouble.retry_after, 30 * 2**message.attempts))
    message.due_at = max(at, message.due_at or at) + pause
    message.save(update_fields=["state", "reason", "detail", "due_at", "updated_at"])
    owe_sending([message])


@transaction.atomic
def fail(*, message_id: UUID, refusal: Rejected, at: datetime) -> None:
    """A final no. Whoever blocked the sender is not tried again by any campaign at this address."""
    message = _locked(message_id)
    if message is None or message.state != MessageState.SENDING:
        return
    _end(message, MessageState.FAILED, refusal.reason, refusal.detail)
    if refusal.reason == Why.BLOCKED:
        blocked = OptOut(
            channel=message.channel, address=message.address, source=OptOutSource.BLOCKED, at=at, message=message
        )
        OptOut.objects.bulk_create([blocked], ignore_conflicts=True)
