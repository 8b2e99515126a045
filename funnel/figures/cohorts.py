"""Cohorts: leads by the week or month in which they came into the funnel, and how far they got."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from funnel.choices import PassageState
from funnel.figures.counting import COHORTS, tallies
from funnel.figures.days import begin_of, midnight, next_of
from funnel.figures.query import FunnelQuery, passages
from funnel.models import Stage
from funnel.querysets import PassageQuerySet


@dataclass(frozen=True, slots=True)
class CohortRow:
    """The leads that came in the step that begins on ``start``. ``came`` = open + lost + done.

    ``reached`` tells by stage how many went as far as it or further, with retired stages where they stand today.
    """

    start: date
    came: int
    reached: Mapping[UUID, int]
    open: int
    lost: int
    done: int


def cohorts(query: FunnelQuery, *, step: str = "week") -> list[CohortRow]:
    """A row a ``week`` or ``month`` in which somebody came, oldest first.

    A lead belongs to the cohort of its first entry into the funnel, with the audience and dimensions of that entry;
    the period of the query is the period in which leads came.
    """
    stages = list(query.stage_rows)
    ends: dict[date, dict[tuple[UUID, str], int]] = defaultdict(lambda: defaultdict(int))
    counted = tallies(query, [stage.pk for stage in stages], by=["stage_id", "day", "outcome"], cubes=COHORTS)
    for (stage_id, day, outcome), tally in counted.items():
        ends[begin_of(day, step)][stage_id, outcome] += tally.entered
    return [_row(start, ends[start], stages) for start in sorted(ends)]


def cohort_rows(
    query: FunnelQuery, *, start: date, step: str = "week", reached: Stage | None = None, state: str | None = None
) -> PassageQuerySet:
    """The first passages of the leads behind a number of a cohort: those that came in the step that begins on
    ``start``, went as far as ``reached`` or further, and now are ``state`` (open, lost, done)."""
    found = passages(step_query(query, start, step)).filter(came=True)
    if reached is not None:
        further = query.stage_rows.filter(position__gte=reached.position).order_by()
        found = found.filter(furthest_id__in=further.values("pk"))
    if state is not None:
        found = found.filter(outcome=state)
    return found.order_by("-entered_at", "lead_id")


def _row(start: date, ends: Mapping[tuple[UUID, str], int], stages: list[Stage]) -> CohortRow:
    places = {stage.pk: stage.position for stage in stages}
    reached = {
        stage.pk: sum(n for (pk, _outcome), n in ends.items() if places[pk] >= stage.position) for stage in stages
    }
    states = {state: sum(n for (_pk, outcome), n in ends.items() if outcome == state) for state in PassageState}
    return CohortRow(
        start, sum(ends.values()), reached, states[PassageState.OPEN], states[PassageState.LOST],
        states[PassageState.DONE],
    )  # fmt: skip


def step_query(query: FunnelQuery, start: date, step: str) -> FunnelQuery:
    """The question narrowed to one step, within its period."""
    first = begin_of(start, step)
    begin, end = midnight(first), midnight(next_of(first, step))
    return replace(
        query,
        start=begin if query.start is None else max(begin, query.start),
        end=end if query.end is None else min(end, query.end),
    )
