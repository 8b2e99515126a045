"""What of a person's contacts is shown to whom, and how the rest looks. Pages, files and the API share it.

``MASKING`` says it by role: «all» sees everything in his scope, «own» that of the people he looks after, «masked»
nobody's until he presses «Показать», which is logged. A role that is not named sees all.
"""

from enum import StrEnum
from uuid import UUID

from django.conf import settings

from accounts.models import User
from agents.choices import ContactType

_UZ, _UZ_LENGTH = "+998", 13
_LONGEST_MASK = 4
"""«a…@…»; longer ones have stars."""


NUMBERS = frozenset({"tax_id", "phone", "address", "value", "key"})
"""Fields, by name, that the masks are for: where a history or a register shows whatever model it is given."""


class Eyes(StrEnum):
    ALL = "all"
    OWN = "own"
    MASKED = "masked"


def sees_plain(user: User, *, owner_id: UUID | None) -> bool:
    """Whether contacts and numbers of somebody whom ``owner_id`` looks after are shown to this person unasked."""
    eyes = settings.MASKING.get(user.role, Eyes.ALL)
    return bool(eyes == Eyes.ALL or (eyes == Eyes.OWN and owner_id is not None and owner_id == user.pk))


def may_be_masked(user: User) -> bool:
    """Whether anything is ever hidden from this role: costs nothing, where asking whose a row is may cost a query."""
    return bool(settings.MASKING.get(user.role, Eyes.ALL) != Eyes.ALL)


def is_mask(value: str) -> bool:
    """Whether this is what a reader saw instead of a number or an address: it is never kept as one."""
    return "**" in value or (value.strip().endswith("…") and len(value.strip()) <= _LONGEST_MASK)


def mask_name(name: str) -> str:
    """«Азиз Каримов» → «А… К…»."""
    return " ".join(f"{word[0]}…" for word in name.split())


def mask_phone(phone: str) -> str:
    """«+998901234567» → «+998 ** *** ** 67»; of other countries' numbers only the last two digits stay."""
    last = phone[-2:]
    return f"{_UZ} ** *** ** {last}" if phone.startswith(_UZ) and len(phone) == _UZ_LENGTH else f"+** ** {last}"


def mask_contact(kind: str, value: str) -> str:
    """Without a kind the value itself tells what it is."""
    if kind in {ContactType.PHONE, ContactType.WHATSAPP} or (not kind and value.lstrip("+").isdigit()):
        return mask_phone(value)
    if kind == ContactType.EMAIL or (not kind and "@" in value[1:]):
        return f"{value[:1]}…@…"
    return f"{value[:1]}…"


def mask_tax_id(number: str) -> str:
    return f"** {number[-2:]}" if number else ""
