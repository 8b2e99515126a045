"""Contacts and numbers of a person as the reader may see them: `{% load masks %}{% contact_of contact %}`.

Whose they are is told by the page's own ``lead``, ``call``, ``other`` (a second lead), ``client``, ``party`` or
``agent``, the nearest first.
"""

from typing import Any
from uuid import UUID

from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

from agents.masking import mask_contact, mask_tax_id
from web.privacy.shown import sees
from web.templatetags.formats import phone as dial

register = Library()
_PHONES = frozenset({"phone", "whatsapp"})


@register.simple_tag(takes_context=True)
def contact_of(context: Context, contact: Any) -> SafeString:
    if not contact:
        return SafeString("—")
    plain = _plain(context, contact.party_id)
    return _drawn(contact.type, contact.value, contact.key) if plain else _masked(contact.type, contact.key)


@register.simple_tag(takes_context=True)
def phone_of(context: Context, value: object) -> SafeString:
    number = str(value or "")
    if not number:
        return SafeString("")
    return dial(number) if plain_here(context) else _masked("phone", number)


@register.simple_tag(takes_context=True)
def phone_of_day(context: Context, value: object) -> SafeString:
    """In the reader's own day, where whoever is called is his to look after."""
    request, number = context["request"], str(value)
    return dial(number) if sees(request, None, owner_id=request.user.pk) else _masked("phone", number)


@register.simple_tag(takes_context=True)
def tax_id_of(context: Context, value: object) -> str:
    number = str(value or "")
    return number if plain_here(context) else mask_tax_id(number)


@register.simple_tag(takes_context=True)
def plain_here(context: Context) -> bool:
    """Whether this reader sees the contacts of the page's person as they are."""
    return _plain(context, None)


@register.simple_tag(takes_context=True)
def address_of(context: Context, address: object, party: Any) -> SafeString:
    """Where a message went, or a refusal came from: ``party`` is whose address it is, None where nobody's."""
    words, request = str(address or ""), context.get("request")
    plain = request is not None and sees(request, getattr(party, "pk", None), owner_id=getattr(party, "owner_id", None))
    return format_html("{}", words) if plain or not words else _masked("", words)


@register.simple_tag(takes_context=True)
def words_of(context: Context, text: object) -> str:
    """Free words that may name a number of the page's person."""
    return str(text or "") if plain_here(context) or not text else "…"


def _plain(context: Context, party_id: UUID | None) -> bool:
    request = context.get("request")
    if request is None:
        return False
    owner_id, whose = _whose(context, party_id)
    return sees(request, whose, owner_id=owner_id)


def _whose(context: Context, party_id: UUID | None) -> tuple[UUID | None, UUID | None]:
    """Who looks after the person, and his id; ``party_id`` where it is known whose the contact is."""
    rows = [(row, "party_id") for row in map(context.get, ("lead", "call", "other")) if hasattr(row, "party_id")]
    rows += [(row, "pk") for row in map(context.get, ("client", "party", "agent")) if hasattr(row, "owner_id")]
    for row, name in rows:
        if party_id in {None, getattr(row, name)}:
            return row.owner_id, getattr(row, name)  # type: ignore[union-attr]
    return None, party_id


def _masked(kind: str, key: str) -> SafeString:
    return format_html('<span class="masked">{}</span>', mask_contact(kind, key))


def _drawn(kind: str, value: str, key: str) -> SafeString:
    if kind in _PHONES:
        return dial(key)
    if kind == "email":
        return format_html('<a href="mailto:{}">{}</a>', value, value)
    if kind == "telegram":
        return format_html('<a href="https://t.me/{}" rel="noreferrer" target="_blank">{}</a>', key.lstrip("@"), value)
    return format_html("{}", value)
