"""The week of a segment in a line: what is planned in it and below it, stage by stage, and what came."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from accounts.models import User
from funnel.audience import audience_of
from funnel.figures.days import midnight
from funnel.models import Stage
from plans.selectors import Entered, Planned, entered, targets_inside, widest

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
    *, viewer: User, stages: Sequence[Stage], monday: date, segment_ids: Collection[UUID]
) -> dict[UUID, tuple[StageKpi, ...]]:
    """By the segment's id: of these stages those that somebody whom the viewer sees has planned for the week, with the
    leads that entered them. A segment counts what narrows it, nobody twice. Two queries for any number of segments;
    none without any, and one where nothing is planned."""
    if not segment_ids:
        return {}
    audience, stage_ids = audience_of(viewer), [stage.pk for stage in stages]
    branches, rows = targets_inside(audience=audience, week=monday, stage_ids=stage_ids, segment_ids=segment_ids)
    if not rows:
        return {}
    facts = entered(audience=audience, start=midnight(monday), end=midnight(monday + WEEK), stage_ids=stage_ids)
    found = {pk: _line(branches[pk], rows, stages, facts) for pk in segment_ids}
    return {pk: line for pk, line in found.items() if line}


def _line(
    branch: Mapping[UUID, frozenset[UUID]], rows: Sequence[Planned], stages: Sequence[Stage], facts: Entered
) -> tuple[StageKpi, ...]:
    """``branch``: the segment and what narrows it, each with what stands above it there."""
    mine = widest([row for row in rows if row.segment_id in branch], branch)
    planned = {stage.pk: [row.target for row in mine if row.stage_id == stage.pk] for stage in stages}
    return tuple(
        StageKpi(stage, sum(planned[stage.pk]), _came(facts, stage.pk, branch)) for stage in stages if planned[stage.pk]
    )


def _came(facts: Entered, stage_id: UUID, branch: Collection[UUID]) -> int:
    return sum(leads for (_owner, segment, stage), leads in facts.items() if stage == stage_id and segment in branch)
