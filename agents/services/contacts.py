"""Contacts: one normal form, so that the same phone typed three ways is the same phone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from agents.choices import ContactType
from agents.masking import is_mask
from agents.models import Contact, Party
from common import phones
from common.errors import FieldError, Invalid, Refused
from common.text import one_line

_LIKE_PHONE = re.compile(r"[+(]?[\d\s().\-]{5,30}")


_LOCK_SPACE, _BUCKETS = 7301, 64


@dataclass(frozen=True, slots=True)
class ContactDraft:
    type: str
    value: str
    person: str = ""
    preferred: bool = False
    note: str = ""


class ContactTaken(Refused):
    """The party has this contact already."""

    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409


def guess_type(value: str) -> str:
    """What a single typed line most likely is: a phone, an e-mail, a Telegram name, else «other».

    A row of digits is meant as a phone even where it is none, so that a slip is told and not stored as «other».
    """
    text = value.strip()
    if "@" in text[1:]:
        return ContactType.EMAIL
    if text.startswith("@") or "t.me/" in text:
        return ContactType.TELEGRAM
    return ContactType.PHONE if phones.normalise(text) or _LIKE_PHONE.fullmatch(text) else ContactType.OTHER


def contact_key(draft: ContactDraft) -> str:
    """The normal form. Raises Invalid where a phone is no phone or an e-mail no e-mail."""
    value = one_line(draft.value)
    if is_mask(value):
        raise _invalid(_("Это скрытое значение. Впишите контакт целиком или оставьте прежний."))
    if draft.type in {ContactType.PHONE, ContactType.WHATSAPP}:
        number = phones.normalise(value)
        if number is None:
            raise _invalid(_("«%(value)s» не похоже на телефон. Пример: +998 90 123-45-67.") % {"value": value[:40]})
        return number
    if draft.type == ContactType.EMAIL:
        name, at, host = value.rpartition("@")
        if not (name and at and "." in host) or " " in value:
            raise _invalid(_("«%(value)s» не похоже на почту. Пример: ivan@bank.uz.") % {"value": value[:40]})
    if not value:
        raise _invalid(_("Укажите контакт: телефон, почту или Telegram."))
    return value.casefold().removeprefix("@") if draft.type == ContactType.TELEGRAM else value.casefold()


def _invalid(message: str) -> Invalid:
    return Invalid(message, [FieldError("contact", "invalid", message)])


def build(party: Party, draft: ContactDraft) -> Contact:
    """An unsaved contact in its normal form. Raises Invalid."""
    key = contact_key(draft)
    value = key if draft.type in {ContactType.PHONE, ContactType.WHATSAPP} else one_line(draft.value)
    return Contact(
        party=party,
        type=draft.type,
        value=value,
        key=key,
        person=one_line(draft.person),
        preferred=draft.preferred,
        note=one_line(draft.note),
    )


@transaction.atomic
def add_contact(*, party: Party, by: User, draft: ContactDraft) -> Contact:
    """Add a way to reach the party; a preferred one takes the mark from the others. Raises ContactTaken, Invalid."""
    demand_write(by)
    contact = build(party, draft)
    if contact.preferred:
        party.contacts.filter(preferred=True).update(preferred=False)
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError as error:
        message = _("Такой контакт уже записан.")
        raise ContactTaken(message, [FieldError("contact", "duplicate", message)]) from error
    return contact


@transaction.atomic
def update_contact(*, contact: Contact, by: User, changes: Mapping[str, Any]) -> Contact:
    """Say whom it reaches (``person``), when (``note``), and whether it comes first (``preferred``).

    The way itself is not changed: another number is another contact.
    """
    demand_write(by)
    for name in changes.keys() & {"person", "note", "preferred"}:
        setattr(contact, name, changes[name] if name == "preferred" else one_line(changes[name]))
    if contact.preferred:
        contact.party.contacts.filter(preferred=True).exclude(pk=contact.pk).update(preferred=False)
    contact.save(update_fields=["person", "note", "preferred"])
    return contact


@transaction.atomic
def remove_contact(*, contact: Contact, by: User) -> None:
    demand_write(by)
    contact.delete()


def lock_contacts(drafts: Iterable[ContactDraft]) -> None:
    """Hold these contacts until the end of the transaction: two people who enter the same new phone at once must not
    make two parties, and no constraint can say so.

    Keys share 64 locks, taken in order, so that a batch of a thousand does not exhaust the lock table.
    """
    keys = sorted({key for _type, key in keys_of(list(drafts))})
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, bucket) FROM (SELECT DISTINCT abs(hashtext(k)) %% %s AS bucket "
                "FROM unnest(%s::text[]) k ORDER BY 1) buckets",
                [_LOCK_SPACE, _BUCKETS, keys],
            )


def keys_of(drafts: Sequence[ContactDraft]) -> list[tuple[str, str]]:
    """(type, key) of each draft that is well-formed; the others are reported when they are built."""
    found = []
    for draft in drafts:
        try:
            found.append((draft.type, contact_key(draft)))
        except Invalid:
            continue
    return found
