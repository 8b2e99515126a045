"""What comes back: told to the owner as an event, or kept as a refusal where it says «стоп»."""

from uuid import UUID

from django.db import transaction
from django.db.models import F

from agents.models import Contact, Party
from channels.incoming import Incoming, is_hello
from common.events import publish
from common.text import fold
from leads.models import Lead
from outreach.addresses import contact_types
from outreach.choices import OUT, MessageState, OptOutSource
from outreach.events import ReplyReceived
from outreach.models import KnownAddress, Message, OptOut, Reply
from outreach.services.refusals import opt_out

_STOP = frozenset({"стоп", "stop", "отписаться", "отписка", "не писать", "/stop"})


@transaction.atomic
def record_reply(*, incoming: Incoming) -> Reply | None:
    """Write a reply down, once; None when it was told before. Publishes ReplyReceived where it is known who wrote."""
    _remember(incoming)
    message = _message_of(incoming)
    party = message.party if message else _party_of(incoming)
    reply = Reply(
        message=message, party=party, channel=incoming.channel, external_id=incoming.external_id[:200],
        address=incoming.address[:200], text=incoming.text, at=incoming.at,
    )  # fmt: skip
    if not _fresh(reply):
        return None
    if message is not None:
        rows = Message.objects.filter(pk=message.pk, state__in=OUT | {MessageState.SENDING})
        rows.update(state=MessageState.REPLIED, version=F("version") + 1)
    if is_stop(incoming.text):
        _stop(incoming, message, party)
    elif party is not None and not is_hello(incoming.text):
        _tell(reply, message, party)
    return reply


def is_stop(text: str) -> bool:
    """Only the word itself: «не стоп-лист ли у вас?» is a question."""
    return fold(text).strip(" .!,«»\"'") in _STOP


def _fresh(reply: Reply) -> bool:
    """The unique index tells a repetition, also one that comes at the same moment."""
    Reply.objects.bulk_create([reply], ignore_conflicts=True)
    return Reply.objects.filter(pk=reply.pk).exists()


def _remember(incoming: Incoming) -> None:
    if not incoming.handle:
        return
    known = KnownAddress(
        channel=incoming.channel, handle=fold(incoming.handle)[:200], address=incoming.address, seen_at=incoming.at
    )
    KnownAddress.objects.bulk_create(
        [known], update_conflicts=True, unique_fields=["channel", "handle"], update_fields=["address", "seen_at"]
    )


def _message_of(incoming: Incoming) -> Message | None:
    """The message that is answered: the one named, else the last that went to this address."""
    rows = Message.objects.filter(channel=incoming.channel, state__in=OUT | {MessageState.SENDING})
    rows = rows.select_related("party__owner", "campaign__owner", "lead")
    named = _uuid(incoming.in_reply_to)
    found = rows.filter(pk=named).first() if named else None
    return found or rows.filter(address=incoming.address).order_by(F("sent_at").desc(nulls_first=True)).first()


def _party_of(incoming: Incoming) -> Party | None:
    keys = {incoming.address, fold(incoming.handle)} - {""}
    contacts = Contact.objects.filter(type__in=contact_types(incoming.channel), key__in=keys)
    found = contacts.select_related("party__owner").order_by("-preferred", "id").first()
    return found.party if found else None


def _stop(incoming: Incoming, message: Message | None, party: Party | None) -> None:
    if message is not None:
        opt_out(message=message, source=OptOutSource.WORD, at=incoming.at)
        return
    refusal = OptOut(
        party=party, channel=incoming.channel, address=incoming.address[:200], source=OptOutSource.WORD, at=incoming.at
    )
    OptOut.objects.bulk_create([refusal], ignore_conflicts=True)


def _tell(reply: Reply, message: Message | None, party: Party) -> None:
    lead = (message.lead if message else None) or Lead.objects.filter(party=party).open().first()
    owner = (lead.owner if lead else None) or party.owner or (message.campaign.owner if message else None)
    if owner is None:
        return
    publish(
        ReplyReceived(
            reply_id=reply.pk, party_id=party.pk, party_name=party.name, lead_id=lead.pk if lead else None,
            owner_id=owner.pk, text=reply.text, at=reply.at,
        )
    )  # fmt: skip


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
