"""Which stage of a funnel counts as the win that is forecast, planned and committed to.

The rule, said once: the stage with the code ``signed_contract``; in a funnel without one (a product's own road) the
last stage in use. The first entry into it is the win, whatever comes after.
"""

from collections.abc import Iterable
from uuid import UUID

from funnel.defaults import SIGNED_CONTRACT
from funnel.models import Stage


def win_stages() -> dict[UUID, Stage]:
    """The winning stage by funnel. One query."""
    by_funnel: dict[UUID, list[Stage]] = {}
    for stage in Stage.objects.order_by("position", "code"):
        by_funnel.setdefault(stage.funnel_id, []).append(stage)
    found = {funnel: _win(stages) for funnel, stages in by_funnel.items()}
    return {funnel: stage for funnel, stage in found.items() if stage is not None}


def win_of(funnel_id: UUID) -> Stage | None:
    """None for a funnel without stages."""
    return _win(Stage.objects.filter(funnel_id=funnel_id).order_by("position", "code"))


def _win(stages: Iterable[Stage]) -> Stage | None:
    known = list(stages)
    named = next((stage for stage in known if stage.code == SIGNED_CONTRACT), None)
    return named or next((stage for stage in reversed(known) if stage.active), None)
