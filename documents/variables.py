"""What a template may ask for: each variable with its name for people, and where its first value comes from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from agents.choices import ContactType
from common.formats import long_day
from leads.models import Agreement, Contract, Lead, ValuePromise

BLANK = "____________"
"""What stands in the paper for a variable that nobody filled in."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the lead knows by now, read once."""

    lead: Lead
    agreement: Agreement | None
    contract: Contract | None
    promises: tuple[ValuePromise, ...]
    contacts: Mapping[str, str]
    language: str


@dataclass(frozen=True, slots=True)
class Variable:
    """``needed``: the paper is not made without it. ``long``: several lines. ``from_form``: has a field of its own in
    every form (number and date)."""

    code: str
    label: Any
    value: Callable[[Terms], str]
    needed: bool = False
    long: bool = False
    from_form: bool = False


def terms_of(lead: Lead, language: str) -> Terms:
    """Four queries."""
    contacts: dict[str, str] = {}
    for contact in lead.party.contacts.order_by("-preferred", "id"):
        contacts.setdefault(contact.type, contact.value)
    return Terms(
        lead=lead, agreement=lead.agreements.first(), contract=lead.contracts.first(),
        promises=tuple(lead.promises.all()), contacts=contacts, language=language,
    )  # fmt: skip


def _promises(terms: Terms) -> str:
    return "; ".join(_promise(row, terms.language) for row in terms.promises)


def _promise(row: ValuePromise, language: str) -> str:
    unit = f" {row.unit}" if row.unit else ""
    return f"{row.metric}: {_number(row.target)}{unit}, {day_text(row.due_on, language)}"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def day_text(day: date, language: str) -> str:
    """«22 ноября 2026 г.» in the language of the paper."""
    return long_day(day, language)


def _of(attribute: str, name: str) -> Callable[[Terms], str]:
    return lambda terms: str(getattr(getattr(terms, attribute), name, "") or "")


def _lead(*path: str) -> Callable[[Terms], str]:
    def read(terms: Terms) -> str:
        found: Any = terms.lead
        for name in path:
            found = getattr(found, name, None)
        return str(found or "")

    return read


def _contact(*types: str) -> Callable[[Terms], str]:
    return lambda terms: next((terms.contacts[kind] for kind in types if kind in terms.contacts), "")


def _nothing(_terms: Terms) -> str:
    return ""


VARIABLES: dict[str, Variable] = {
    variable.code: variable
    for variable in (
        Variable("contract.number", _("номер контракта"), _nothing, needed=True, from_form=True),
        Variable("contract.date", _("дата контракта"), _nothing, needed=True, from_form=True),
        Variable("contract.city", _("место подписания"), _lead("party", "city")),
        Variable("party.name", _("имя или название второй стороны"), _lead("party", "name"), needed=True),
        Variable("party.tax_id", _("ИНН / СТИР / ПИНФЛ"), _lead("party", "tax_id")),
        Variable("party.form", _("форма второй стороны"), lambda t: t.lead.party.get_legal_form_display()),
        Variable("party.city", _("город второй стороны"), _lead("party", "city")),
        Variable("party.phone", _("телефон второй стороны"), _contact(ContactType.PHONE, ContactType.WHATSAPP)),
        Variable("party.email", _("почта второй стороны"), _contact(ContactType.EMAIL)),
        Variable("party.person", _("кто подписывает со второй стороны"), _nothing),
        Variable("terms.party_gives", _("что даёт вторая сторона"), _of("agreement", "agent_gives"), True, True),
        Variable("terms.bank_gives", _("что даёт банк"), _of("agreement", "bank_gives"), True, True),
        Variable("terms.conditions", _("на каких условиях"), _of("contract", "terms"), long=True),
        Variable("terms.value", _("обещанный результат"), _promises, long=True),
        Variable("terms.period", _("срок действия"), _nothing),
        Variable("bank.service", _("услуга банка"), _of("contract", "bank_service"), long=True),
        Variable("bank.name", _("название банка"), _nothing),
        Variable("bank.person", _("кто подписывает от банка"), _lead("owner", "name")),
        Variable("product.name", _("продукт"), _lead("product", "name")),
        Variable("initiative.name", _("инициатива"), _lead("initiative", "name")),
    )
}


def labels(codes: Iterable[str]) -> list[str]:
    """What people call these variables; one that is no longer known stands for itself."""
    return [str(VARIABLES[code].label) if code in VARIABLES else code for code in codes]


def first_values(terms: Terms, codes: Iterable[str]) -> dict[str, str]:
    """What is known of these variables before anybody types."""
    return {code: VARIABLES[code].value(terms).strip() for code in codes if code in VARIABLES}


def missing(values: Mapping[str, str], codes: Iterable[str]) -> list[str]:
    """The needed variables that the paper asks for and nobody filled in."""
    return [code for code in codes if code in VARIABLES and VARIABLES[code].needed and not values.get(code, "").strip()]
