"""The columns of the list: what each is called, how it sorts, which of them are shown."""

from dataclasses import dataclass

from django.db.models import F, OrderBy
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Column:
    """``sort`` is the word of the address, empty where the column does not sort."""

    name: str
    label: str | Promise
    sort: str = ""
    number: bool = False


COLUMNS = {
    column.name: column
    for column in (
        Column("stage", _("Этап"), "stage"),
        Column("agent", _("Агент")),
        Column("segment", _("Сегмент")),
        Column("step", _("Следующий шаг"), "next_action_at"),
        Column("age", _("На этапе"), "stage_entered_at"),
        Column("amount", _("Сумма"), "amount", number=True),
        Column("owner", _("Владелец")),
        Column("phone", _("Телефон")),
        Column("initiative", _("Инициатива")),
        Column("source_channel", _("Канал")),
        Column("base", _("База")),
        Column("tags", _("Метки")),
        Column("created", _("Создан"), "created_at"),
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


def chosen_columns(query: QueryDict) -> list[Column]:
    """Those of ``cols`` (repeated, or one list with commas) that exist, in our order; else the usual ones."""
    names = {name for value in query.getlist("cols") for name in value.split(",")}
    found = [column for name, column in COLUMNS.items() if name in names]
    return found or [COLUMNS[name] for name in USUAL]


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
