"""Cohorts: leads by the week or month in which they came into the funnel, and how far they got."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from funnel.audience import EVERYTHING
from funnel.choices import PassageState
from funnel.figures.days import begin_of, day_of, midnight, next_of
from funnel.figures.query import FunnelQuery, passages
from funnel.models import Passage, Stage
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
    ends: dict[date, list[tuple[UUID, str]]] = defaultdict(list)
    for first, furthest in _roads(query):
        ends[begin_of(day_of(first.entered_at), step)].append((furthest.stage_id, furthest.state))
    return [_row(start, ends[start], stages) for start in sorted(ends)]


def cohort_rows(
    query: FunnelQuery, *, start: date, step: str = "week", reached: Stage | None = None, state: str | None = None
) -> PassageQuerySet:
    """The first passages of the leads behind a number of a cohort: those that came in the step that begins on
    ``start``, went as far as ``reached`` or further, and now are ``state`` (open, lost, done)."""
    places = {stage.pk: stage.position for stage in query.stage_rows}
    found = [
        first.pk
        for first, furthest in _roads(query)
        if begin_of(day_of(first.entered_at), step) == begin_of(start, step)
        and (reached is None or places[furthest.stage_id] >= reached.position)
        and (state is None or furthest.state == state)
    ]
    return Passage.objects.filter(pk__in=found).order_by("-entered_at", "lead_id")


def _roads(query: FunnelQuery) -> list[tuple[Passage, Passage]]:
    """The first and the furthest passage of each lead that came within the question."""
    wide = replace(query, start=None, end=None, dimensions={}, audience=EVERYTHING)
    roads: dict[UUID, list[Passage]] = defaultdict(list)
    for passage in passages(wide).order_by("entered_at", "position"):
        roads[passage.lead_id].append(passage)
    asked = set(passages(query).values_list("pk", flat=True))
    return [(road[0], max(road, key=lambda row: row.position)) for road in roads.values() if road[0].pk in asked]


def _row(start: date, ends: list[tuple[UUID, str]], stages: list[Stage]) -> CohortRow:
    places = {stage.pk: stage.position for stage in stages}
    reached = {stage.pk: sum(places[pk] >= stage.position for pk, _state in ends) for stage in stages}
    states = [state for _pk, state in ends]
    return CohortRow(
        start, len(ends), reached, states.count(PassageState.OPEN), states.count(PassageState.LOST),
        states.count(PassageState.DONE),
    )  # fmt: skip


def steps_between(first: date, last: date, step: str) -> list[date]:
    """The first days of all steps that touch the days from ``first`` to ``last``."""
    found = [begin_of(first, step)]
    while (following := next_of(found[-1], step)) <= last:
        found.append(following)
    return found


def step_query(query: FunnelQuery, start: date, step: str) -> FunnelQuery:
    """The question narrowed to one step, within its period."""
    begin, end = midnight(start), midnight(next_of(start, step))
    return replace(
        query,
        start=begin if query.start is None else max(begin, query.start),
        end=end if query.end is None else min(end, query.end),
    )
