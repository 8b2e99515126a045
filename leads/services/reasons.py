"""The bank's list of refusal reasons. A reason in use is never deleted: it leaves the list, history keeps it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_administrator
from accounts.models import User
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid
from common.text import one_line
from common.translit import code_of
from leads.models import LossReason


@transaction.atomic
def create_reason(*, by: User, name: str) -> LossReason:
    """Add a reason at the end of the list. Raises Invalid, NotAllowed."""
    demand_administrator(by)
    reasons = _locked()
    words = _checked_name(name, reasons)
    taken = {reason.code for reason in reasons}
    base = code_of(words, limit=36) or "reason"
    codes = [base, *(f"{base}_{number}" for number in range(2, len(taken) + 3))]
    code = next(code for code in codes if code not in taken)
    return LossReason.objects.create(code=code, name=words, position=len(reasons) + 1)


@transaction.atomic
def update_reason(
    *, reason: LossReason, by: User, changes: Mapping[str, Any], expected_version: int | None = None
) -> LossReason:
    """Rename a reason (``name``), take it off the list or bring it back (``active``). Raises Invalid, StaleVersion."""
    demand_administrator(by)
    reasons = _locked()
    current = next(row for row in reasons if row.pk == reason.pk)
    check_version(current, expected_version, changes)
    wanted = {name: value for name, value in changes.items() if name in {"name", "active"}}
    if "name" in wanted:
        wanted["name"] = _checked_name(wanted["name"], [row for row in reasons if row.pk != reason.pk])
    return save_changes(current, wanted)


@transaction.atomic
def shift_reason(*, reason: LossReason, by: User, earlier: bool) -> None:
    """Swap a reason with its neighbour; at the edge nothing changes. Raises NotAllowed."""
    demand_administrator(by)
    reasons = _locked()
    place = next(n for n, row in enumerate(reasons) if row.pk == reason.pk)
    other = place + (-1 if earlier else 1)
    if 0 <= other < len(reasons):
        reasons[place], reasons[other] = reasons[other], reasons[place]
    for number, row in enumerate(reasons, 1):
        if row.position != number:
            LossReason.objects.filter(pk=row.pk).update(position=number)


def _locked() -> list[LossReason]:
    """The whole list, locked: it is short, and two who reorder it at once go one after the other."""
    rows = LossReason.objects.order_by("pk").select_for_update(no_key=True)
    return sorted(rows, key=lambda reason: (not reason.active, reason.position, reason.name))


def _checked_name(name: str, others: list[LossReason]) -> str:
    words = one_line(name)[:120]
    message = ""
    if not words:
        message = _("Назовите причину словами клиента: «Дорого», «Нет времени».")
    elif any(other.name.casefold() == words.casefold() for other in others):
        message = _("Такая причина уже есть в списке.")
    if message:
        raise Invalid(message, [FieldError("name", "invalid", message)])
    return words
