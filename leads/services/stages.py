"""Stages as leads feel them: a gate asks only for facts that exist, nobody is left standing on a stage without use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import FieldError, Invalid, Refused
from funnel import services as stage_deeds
from funnel.models import Funnel, Stage
from leads.facts import FACTS
from leads.models import Lead


class StageInUse(Refused):
    """Open leads stand on the stage; move or close them first."""

    code: ClassVar[str] = "stage_in_use"
    status: ClassVar[int] = 409


class GateTooTight(Refused):
    """The new gate holds back more than half of those before it: say so once more to go on."""

    code: ClassVar[str] = "gate_too_tight"


@dataclass(frozen=True, slots=True)
class GateEffect:
    """Of the open leads that stand right before the stage, how many would not pass this gate."""

    standing: int
    held: int

    @property
    def heavy(self) -> bool:
        return self.held * 2 > self.standing


def gate_effect(*, before: Stage | None, gate: Iterable[str]) -> GateEffect:
    """Counted over the whole bank, in one query. ``before`` is the stage that leads would come from."""
    if before is None:
        return GateEffect(0, 0)
    passes = Q()
    for code in gate:
        passes &= Q(FACTS[code].condition)
    held = Count("pk", filter=~passes) if passes else Count("pk", filter=Q(pk__in=[]))
    rows = Lead.objects.open().filter(stage=before).order_by()
    return GateEffect(**rows.aggregate(standing=Count("pk"), held=held))


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
def retire(*, stage: Stage, by: User, at: datetime, expected_version: int | None = None) -> Stage:
    """Take a stage out of use. Raises StageInUse while open leads stand on it, LastStage, StaleVersion.

    A lead that enters in the same instant stays on the stage and is shown there; it moves on as usual.
    """
    standing = Lead.objects.open().filter(stage=stage).count()
    if standing:
        raise StageInUse(_("На этапе ещё есть открытые лиды: %(n)s. Переведите или закройте их.") % {"n": standing})
    return stage_deeds.set_active(stage=stage, by=by, at=at, active=False, expected_version=expected_version)


@transaction.atomic
def restore(*, stage: Stage, by: User, at: datetime, expected_version: int | None = None) -> Stage:
    return stage_deeds.set_active(stage=stage, by=by, at=at, active=True, expected_version=expected_version)


def _check_gate(fields: Mapping[str, Any]) -> None:
    unknown = sorted(set(fields.get("gate", ())) - set(FACTS))
    if unknown:
        message = _("Таких фактов нет: %(codes)s.") % {"codes": ", ".join(unknown)}
        raise Invalid(message, [FieldError("gate", "unknown", message)])
