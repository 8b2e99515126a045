"""The funnels as the engine sees them: the steps from each stage in use to the next, with what is believed of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.conf import settings

from backlog.models import StageCooling
from funnel.models import Stage
from priority.chances import Floats
from priority.settings import EngineSettings


@dataclass(frozen=True, slots=True)
class Funnel:
    """One kind of lead. ``stages`` are those from which a step leads on; ``place`` finds the step of any stage where
    a lead may stand: a retired one belongs to the stage in use before it, at the last there is no step."""

    kind: str
    stages: tuple[Stage, ...]
    settings: EngineSettings
    half_lives: Floats
    place: Mapping[UUID, int]

    @property
    def cooling(self) -> dict[UUID, float]:
        """Half-life in hours by stage, as ``funnel.evidence`` wants it."""
        return dict(zip((stage.pk for stage in self.stages), self.half_lives.tolist(), strict=True))


def funnels() -> dict[str, Funnel]:
    """By code (a default one's is its kind); one with less than two stages in use has no steps and is not there.

    Two queries.
    """
    fitted = dict(StageCooling.objects.values_list("stage_id", "half_life_hours"))
    by_code: dict[str, list[Stage]] = {}
    for stage in Stage.objects.select_related("funnel").order_by("kind", "funnel__created_at", "position", "code"):
        by_code.setdefault(stage.funnel.code, []).append(stage)
    found = {code: _funnel(stages[0].kind, stages, fitted) for code, stages in by_code.items()}
    return {code: funnel for code, funnel in found.items() if funnel is not None}


def funnel_of(stage_id: UUID) -> Funnel | None:
    """The funnel in which a lead on this stage has a step ahead."""
    return next((funnel for funnel in funnels().values() if stage_id in funnel.place), None)


def _funnel(kind: str, stages: list[Stage], fitted: Mapping[UUID, float]) -> Funnel | None:
    in_use = [stage for stage in stages if stage.active]
    steps = tuple(in_use[:-1])
    if not steps:
        return None
    place = {}
    for stage in stages:
        behind = sum(other.position <= stage.position for other in in_use) - 1
        if behind < len(steps):
            place[stage.pk] = max(behind, 0)
    half_lives = np.array([fitted.get(stage.pk, stage.half_life_hours) for stage in steps])
    return Funnel(kind, steps, _settings(steps), half_lives, place)


def _settings(steps: tuple[Stage, ...]) -> EngineSettings:
    """Beliefs are data of the stages; the engine's own numbers may be set by the installation."""
    return EngineSettings(
        prior_pass_rate=tuple(stage.pass_guess for stage in steps),
        half_life_hours=tuple(stage.half_life_hours for stage in steps),
        stage_hours=tuple(stage.effort_hours for stage in steps),
        **getattr(settings, "PRIORITY_ENGINE", {}),
    )
