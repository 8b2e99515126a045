"""The week of a segment in a line: what is planned in it and below it, stage by stage, and what came."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from accounts.models import User
from agents.selectors import sub_segments
from funnel.audience import audience_of
from funnel.figures.days import midnight
from funnel.models import Stage
from plans.selectors import Entered, Planned, entered, segments_above, targets, widest

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class StageKpi:
    stage: Stage
    target: int
    fact: int

    @property
    def reached(self) -> bool:
        return self.fact >= self.target


def week_kpis(
    *, viewer: User, kind: str, monday: date, segment_ids: Collection[UUID]
) -> dict[UUID, tuple[StageKpi, ...]]:
    """By the segment's id: the stages of its kind's own funnel that somebody whom the viewer sees has planned for the
    week, with the leads that entered them. A segment counts what narrows it, nobody twice. Five queries for any number
    of segments; none without any, and three where nothing is planned."""
    if not segment_ids:
        return {}
    trees = sub_segments(segment_ids)
    inside = frozenset[UUID]().union(*trees.values())
    stages = list(Stage.objects.of_kind(kind).active())
    audience, stage_ids = audience_of(viewer), [stage.pk for stage in stages]
    rows = targets(audience=audience, weeks=[monday], stage_ids=stage_ids, segment_ids=inside)
    if not rows:
        return {}
    above = segments_above({row.segment_id for row in rows})
    facts = entered(audience=audience, start=midnight(monday), end=midnight(monday + WEEK), stage_ids=stage_ids)
    found = {pk: _line(trees[pk], rows, above, stages, facts) for pk in segment_ids}
    return {pk: line for pk, line in found.items() if line}


def _line(
    tree: frozenset[UUID], rows: Sequence[Planned], above: Mapping[UUID, frozenset[UUID]], stages: Sequence[Stage],
    facts: Entered,
) -> tuple[StageKpi, ...]:  # fmt: skip
    mine = widest([row for row in rows if row.segment_id in tree], above)
    planned = {stage.pk: [row.target for row in mine if row.stage_id == stage.pk] for stage in stages}
    return tuple(
        StageKpi(stage, sum(planned[stage.pk]), _came(facts, stage.pk, tree)) for stage in stages if planned[stage.pk]
    )


def _came(facts: Entered, stage_id: UUID, tree: frozenset[UUID]) -> int:
    return sum(leads for (_owner, segment, stage), leads in facts.items() if stage == stage_id and segment in tree)
