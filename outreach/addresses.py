"""Which of a party's contacts a channel can write to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from agents.choices import ContactType
from agents.models import Contact
from outreach.models import KnownAddress

_TYPES = {
    "email": (ContactType.EMAIL,),
    "telegram": (ContactType.TELEGRAM,),
}
# A gateway of the bank's own sends to phones.
_PHONES = (ContactType.PHONE, ContactType.WHATSAPP)
_CHAT = r"^-?[0-9]{1,19}$"


@dataclass(frozen=True, slots=True)
class Address:
    contact: Contact
    value: str


def contact_types(channel: str) -> tuple[str, ...]:
    return _TYPES.get(channel, _PHONES)


def writable(channel: str) -> QuerySet[Contact]:
    """Contacts that the channel can write to now; in Telegram those whose chat is known."""
    rows = Contact.objects.filter(type__in=contact_types(channel))
    if channel != ContactType.TELEGRAM:
        return rows
    return rows.filter(Q(key__regex=_CHAT) | Q(key__in=_known(channel).values("handle")))


def _known(channel: str) -> Any:
    return KnownAddress.objects.filter(channel=channel)


def addresses(channel: str, party_ids: Iterable[UUID]) -> dict[UUID, Address]:
    """The address of each party that has one, the preferred first; two queries at most."""
    contacts = list(writable(channel).filter(party_id__in=list(party_ids)).order_by("preferred", "-id"))
    known: dict[str, str] = {}
    if channel == ContactType.TELEGRAM:
        keys = [contact.key for contact in contacts]
        known = dict(_known(channel).filter(handle__in=keys).values_list("handle", "address"))
    return {contact.party_id: Address(contact, known.get(contact.key, contact.key)) for contact in contacts}
