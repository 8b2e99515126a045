"""Stages as leads feel them: a gate asks only for facts that exist, nobody is left standing on a stage without use."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_dictionaries
from accounts.models import User
from common.errors import FieldError, Invalid, Refused
from funnel import services as stage_deeds
from funnel.models import Funnel, Stage
from leads.facts import FACTS
from leads.models import Lead
from leads.services.moves import move
from leads.stage_effects import gate_effect, neighbours

MOST_MOVED = 500
"""Leads that one step moves: some seconds. More are moved from the list, portion by portion."""


class StageInUse(Refused):
    """Open leads stand on the stage; move or close them first."""

    code: ClassVar[str] = "stage_in_use"
    status: ClassVar[int] = 409


class GateTooTight(Refused):
    """The new gate holds back more than half of those before it: say so once more to go on."""

    code: ClassVar[str] = "gate_too_tight"


class OrderChanged(Refused):
    """Somebody moved the stages meanwhile: the preview was about other neighbours."""

    code: ClassVar[str] = "order_changed"
    status: ClassVar[int] = 409


def stage_before(stage: Stage) -> Stage | None:
    """The stage in use from which leads come to this one."""
    return Stage.objects.of_funnel(stage.funnel_id).active().filter(position__lt=stage.position).last()


@transaction.atomic
def create(*, by: User, at: datetime, funnel: Funnel, fields: Mapping[str, Any], after: Stage | None = None) -> Stage:
    """Raises Invalid (an unknown fact, a name in use), NotAllowed."""
    _check_gate(fields)
    return stage_deeds.create_stage(by=by, at=at, funnel=funnel, fields=fields, after=after)


@transaction.atomic
def update(
    *, stage: Stage, by: User, changes: Mapping[str, Any], expected_version: int | None = None, confirmed: bool = False
) -> Stage:
    """Change a stage. A gate that holds back more leads than it did, and over half of them, asks for ``confirmed``.

    Raises GateTooTight, Invalid, StaleVersion, NotAllowed.
    """
    _check_gate(changes)
    before = list(stage.gate)
    changed = stage_deeds.update_stage(stage=stage, by=by, changes=changes, expected_version=expected_version)
    if not confirmed and set(changed.gate) - set(before):
        standing_on = stage_before(changed)
        now = gate_effect(before=standing_on, gate=before)
        effect = gate_effect(before=standing_on, gate=changed.gate)
        if effect.heavy and effect.held > now.held:
            message = _("Новый шлюз задержит %(held)s из %(standing)s лидов. Подтвердите, если так и нужно.")
            text = message % {"held": effect.held, "standing": effect.standing}
            raise GateTooTight(text, [FieldError("confirmed", "required", text)])
    return changed


@transaction.atomic
def shift(*, stage: Stage, by: User, at: datetime, earlier: bool, beside: UUID | None = None) -> Stage:
    """Swap a stage with its neighbour in use; at the edge nothing changes.

    ``beside`` is the neighbour that the preview named: where another stands there by now, nothing is moved. Pressed
    twice with it the second press finds the stages the other way round. Raises OrderChanged, NotAllowed.
    """
    demand_dictionaries(by)
    list(Stage.objects.filter(funnel_id=stage.funnel_id).order_by("pk").select_for_update(no_key=True))
    current = Stage.objects.get(pk=stage.pk)
    pair = neighbours(current, earlier=earlier)
    other = None if pair is None else pair[0] if earlier else pair[1]
    if beside is not None and (other is None or other.pk != beside):
        raise OrderChanged(_("Порядок этапов уже изменили. Посмотрите на новый и решите снова."))
    return stage_deeds.shift_stage(stage=current, by=by, at=at, earlier=earlier)


@transaction.atomic
def retire(
    *, stage: Stage, by: User, at: datetime, move_to: Stage | None = None, expected_version: int | None = None
) -> Stage:
    """Take a stage out of use. Its open leads go to ``move_to`` first, each by a move of its own that the log keeps.

    Raises StageInUse (open leads and nowhere to go, or more of them than one step moves), Invalid (a stage that leads
    cannot go to), LastStage, StaleVersion, NotAllowed. A lead that enters in the same instant stays on the stage and is
    shown there; it moves on as usual. A stage that is retired already stays so: a second press changes nothing.
    """
    demand_dictionaries(by)
    if not Stage.objects.filter(pk=stage.pk, active=True).exists():
        return Stage.objects.get(pk=stage.pk)
    standing = list(Lead.objects.open().filter(stage=stage).order_by("pk")[: MOST_MOVED + 1])
    if standing and move_to is None:
        n = Lead.objects.open().filter(stage=stage).count()
        raise StageInUse(_("На этапе ещё есть открытые лиды: %(n)s. Переведите или закройте их.") % {"n": n})
    if len(standing) > MOST_MOVED:
        text = _("Открытых лидов больше %(n)s: сначала переведите часть из списка, потом снимайте этап.")
        raise StageInUse(text % {"n": MOST_MOVED})
    if standing and move_to is not None:
        _check_target(stage, move_to)
        _move_all(standing, stage, move_to, by, at)
    return stage_deeds.set_active(stage=stage, by=by, at=at, active=False, expected_version=expected_version)


def _check_target(stage: Stage, to: Stage) -> None:
    if to.pk == stage.pk or to.funnel_id != stage.funnel_id or not to.active:
        message = _("Выберите действующий этап этой же воронки.")
        raise Invalid(message, [FieldError("move_to", "invalid", message)])


def _move_all(leads: Iterable[Lead], stage: Stage, to: Stage, by: User, at: datetime) -> None:
    """Facts that a gate further on would ask for are waived, and the log says so."""
    reason = _("Этап «%(stage)s» снят") % {"stage": stage.name}
    for lead in leads:
        move(lead=lead, to=to, by=by, at=at, reason=reason, waive=to.position > stage.position)


@transaction.atomic
def restore(*, stage: Stage, by: User, at: datetime, expected_version: int | None = None) -> Stage:
    return stage_deeds.set_active(stage=stage, by=by, at=at, active=True, expected_version=expected_version)


def _check_gate(fields: Mapping[str, Any]) -> None:
    unknown = sorted(set(fields.get("gate", ())) - set(FACTS))
    if unknown:
        message = _("Таких фактов нет: %(codes)s.") % {"codes": ", ".join(unknown)}
        raise Invalid(message, [FieldError("gate", "unknown", message)])
