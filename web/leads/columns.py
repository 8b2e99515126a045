"""The columns of the list: what each is called, how it sorts, which of them are shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OrderBy
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.money import Currency
from leads.models import Lead
from web import formats
from web.ui.registry import language


def _text(name: str) -> Callable[[Lead], str]:
    return lambda lead: str(getattr(lead, name))


def _name(relation: str) -> Callable[[Lead], str]:
    return lambda lead: row.name if (row := getattr(lead, relation)) else ""


def _amount(lead: Lead) -> str:
    """Soums as the head of the column says; another currency says itself."""
    if lead.amount is None:
        return ""
    if lead.currency == Currency.UZS:
        return formats.number(lead.amount, language(), 0)
    return formats.money(lead.amount, lead.currency, language())


def phone_of(lead: Lead) -> str:
    phones = lead.party.phones  # type: ignore[attr-defined]
    return phones[0].value if phones else ""


def _day(value: datetime) -> str:
    return formats.day(timezone.localtime(value), language())


@dataclass(frozen=True, slots=True)
class Column:
    """``sort`` is the word of the address, empty where the column does not sort; ``text`` is empty for a mark."""

    name: str
    label: str | Promise
    sort: str = ""
    text: Callable[[Lead], str] = lambda _lead: ""
    number: bool = False
    width: str = ""


COLUMNS = {
    column.name: column
    for column in (
        Column("stage", _("Этап"), "stage", width="w-[12.5%]"),
        Column("agent", _("Агент"), text=_name("agent")),
        Column("segment", _("Сегмент"), text=_name("segment")),
        Column("step", _("Следующий шаг"), "next_action_at", text=_text("next_action"), width="w-[18%]"),
        Column("age", _("На этапе"), "stage_entered_at", width="w-[7.5%]"),
        Column("amount", _("Сумма, сум"), "amount", text=_amount, number=True, width="w-[11%]"),
        Column("owner", _("Владелец"), text=_name("owner")),
        Column("phone", _("Телефон"), text=phone_of),
        Column("initiative", _("Инициатива"), text=_name("initiative")),
        Column("source_channel", _("Канал"), text=_text("source_channel")),
        Column("base", _("База"), text=_text("base")),
        Column("tags", _("Метки"), text=lambda lead: ", ".join(lead.tags)),
        Column("created", _("Создан"), "created_at", text=lambda lead: _day(lead.created_at)),
    )
}
USUAL = ("stage", "agent", "segment", "step", "age", "amount", "owner")

# Amounts of different currencies cannot be compared: each currency is ordered by itself.
_ORDERS = {
    "name": ("party__sort_key",),
    "stage": ("kind", "stage__position"),
    "next_action_at": ("next_action_at",),
    "stage_entered_at": ("stage_entered_at",),
    "amount": ("currency", "amount"),
    "created_at": ("created_at",),
}
_WITHOUT_TURN = frozenset({"kind", "currency"})
NEWEST = "-created_at"


def chosen_columns(query: QueryDict, view: str) -> list[Column]:
    """Those of ``cols`` (repeated, or one list with commas) that exist, in our order; else the usual ones.

    In one's own leads the owner is oneself: the others get his room.
    """
    names = {name for value in query.getlist("cols") for name in value.split(",")}
    found = [column for name, column in COLUMNS.items() if name in names]
    return found or [COLUMNS[name] for name in USUAL if (name, view) != ("owner", "mine")]


def ordering(query: QueryDict) -> list[OrderBy]:
    """The order the address asks for, newest first where it asks for none; unknown values come last both ways."""
    asked = query.get("sort", "")
    if asked.removeprefix("-") not in _ORDERS:
        asked = NEWEST
    down = asked.startswith("-")
    found = [
        OrderBy(F(field), descending=down and field not in _WITHOUT_TURN, nulls_last=True)
        for field in _ORDERS[asked.removeprefix("-")]
    ]
    return [*found, OrderBy(F("id"), descending=down)]
