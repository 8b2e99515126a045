"""Deeds on the stages themselves. Whether leads stand in the way is known one floor above (``leads.services.stages``).

The order of stages decides what «further right» means, so after every change of it the rollup is counted afresh.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import demand_dictionaries
from accounts.models import User
from common import formats
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, Refused
from common.text import one_line
from common.translit import code_of
from funnel import rollups
from funnel.models import Funnel, Stage

BELIEFS = {"effort_hours": (0.05, 80.0), "half_life_hours": (1.0, 8760.0), "pass_guess": (0.01, 0.99)}
"""What the priority engine starts from, each with the least and the most that makes sense."""
EDITABLE = frozenset({"name", "norm_hours", "key", "hint", "gate", "probability", *BELIEFS})


class LastStage(Refused):
    """A funnel keeps at least one stage in use."""

    code: ClassVar[str] = "last_stage"
    status: ClassVar[int] = 409


@transaction.atomic
def create_stage(
    *, by: User, at: datetime, funnel: Funnel, fields: Mapping[str, Any], after: Stage | None = None
) -> Stage:
    """Add a stage behind ``after`` (without it: in front of all). Its code is made from its name and never changes.

    Raises Invalid, NotAllowed.
    """
    demand_dictionaries(by)
    stages = _locked(funnel.pk)
    values = _checked(fields, stages)
    place = next((n for n, stage in enumerate(stages, 1) if after is not None and stage.pk == after.pk), 0)
    code = _free_code(values["name"], {stage.code for stage in stages})
    stage = Stage(funnel=funnel, kind=funnel.kind, code=code, position=len(stages) + 1, **values)
    stage.save()
    _put_in_order([*stages[:place], stage, *stages[place:]])
    rollups.order_changed(at=at)
    return stage


@transaction.atomic
def update_stage(*, stage: Stage, by: User, changes: Mapping[str, Any], expected_version: int | None = None) -> Stage:
    """Change what a stage is called and asks for. Its place and its end have deeds of their own.

    Raises Invalid, StaleVersion, NotAllowed.
    """
    demand_dictionaries(by)
    stages = _locked(stage.funnel_id)
    current = next(row for row in stages if row.pk == stage.pk)
    check_version(current, expected_version, changes)
    return save_changes(current, _checked(changes, [row for row in stages if row.pk != stage.pk]))


@transaction.atomic
def shift_stage(*, stage: Stage, by: User, at: datetime, earlier: bool) -> Stage:
    """Swap a stage with its neighbour in use; at the edge nothing changes. Raises NotAllowed."""
    demand_dictionaries(by)
    stages = _locked(stage.funnel_id)
    in_use = [row for row in stages if row.active]
    place = next((n for n, row in enumerate(in_use) if row.pk == stage.pk), None)
    other = None if place is None else place + (-1 if earlier else 1)
    if place is None or other is None or not 0 <= other < len(in_use):
        return stage
    one, two = stages.index(in_use[place]), stages.index(in_use[other])
    stages[one], stages[two] = stages[two], stages[one]
    _put_in_order(stages)
    rollups.order_changed(at=at)
    return stage


@transaction.atomic
def set_active(*, stage: Stage, by: User, at: datetime, active: bool, expected_version: int | None = None) -> Stage:
    """Take a stage out of use or bring it back; history keeps it either way. Raises LastStage, StaleVersion."""
    demand_dictionaries(by)
    stages = _locked(stage.funnel_id)
    current = next(row for row in stages if row.pk == stage.pk)
    if current.active == active:
        return current
    check_version(current, expected_version)
    if not active and sum(row.active for row in stages) == 1:
        raise LastStage(_("Это последний этап воронки. Сначала добавьте другой."))
    changed = save_changes(current, {"active": active})
    rollups.order_changed(at=at)
    return changed


def _locked(funnel_id: UUID) -> list[Stage]:
    """All stages of a funnel in order, locked: two administrators who reorder at once go one after the other."""
    rows = Stage.objects.filter(funnel_id=funnel_id).order_by("pk").select_for_update(no_key=True)
    return sorted(rows, key=lambda stage: (stage.position, stage.code))


def _put_in_order(stages: Sequence[Stage]) -> None:
    """Number the stages from one. The place is no part of the version: a form open elsewhere stays good."""
    for place, stage in enumerate(stages, 1):
        if stage.position != place:
            Stage.objects.filter(pk=stage.pk).update(position=place)
            stage.position = place


def _checked(values: Mapping[str, Any], others: Sequence[Stage]) -> dict[str, Any]:
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    if "name" in wanted:
        wanted["name"] = one_line(wanted["name"])
        if not wanted["name"]:
            raise _wrong("name", _("Назовите этап тем, что произошло: «Встреча состоялась»."))
        if any(other.name.casefold() == wanted["name"].casefold() for other in others):
            raise _wrong("name", _("Этап с таким названием уже есть. Назовите иначе."))
    if wanted.get("norm_hours") == 0:
        raise _wrong("norm_hours", _("Норма — не меньше часа. Оставьте пустым, если нормы нет."))
    for name in BELIEFS.keys() & wanted.keys():
        low, high = BELIEFS[name]
        if wanted[name] is None or not low <= wanted[name] <= high:
            lang = get_language() or "ru"
            limits = {"low": formats.number(low, lang), "high": formats.number(high, lang)}
            raise _wrong(name, _("Нужно число от %(low)s до %(high)s.") % limits)
    if "gate" in wanted:
        wanted["gate"] = list(dict.fromkeys(wanted["gate"]))
    return wanted


def _free_code(name: str, taken: set[str]) -> str:
    base = code_of(name, limit=36) or "stage"
    codes = [base, *(f"{base}_{number}" for number in range(2, len(taken) + 3))]
    return next(code for code in codes if code not in taken)


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(message, [FieldError(field, "invalid", message)])
