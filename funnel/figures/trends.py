"""A stage over time: by the day or week in which leads entered it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from funnel.figures.counting import holds, tallies
from funnel.figures.days import begin_of, day_of, steps_between
from funnel.figures.query import FunnelQuery, Tally
from funnel.models import Stage


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Those who entered the stage in the step that begins on ``start``, and what became of them since."""

    start: date
    tally: Tally


def trend(query: FunnelQuery, stage: Stage, *, step: str = "day") -> list[TrendPoint]:
    """A point a ``day``, ``week`` or ``month`` of the period, empty ones too; of an open period from the first to the
    last on which somebody entered. The first and the last may be cut by the period."""
    return trends(query, [stage], step=step)[stage.pk]


def trends(query: FunnelQuery, stages: Sequence[Stage], *, step: str = "day") -> dict[UUID, list[TrendPoint]]:
    """The same of several stages by one count."""
    found: dict[UUID, dict[date, Tally]] = {stage.pk: {} for stage in stages}
    grain = "begin" if step == "week" and not holds(query, ["day"]) and holds(query, ["begin"]) else "day"
    for (stage_id, day), tally in tallies(query, list(found), by=["stage_id", grain]).items():
        start, line = begin_of(day, step), found[stage_id]
        line[start] = line.get(start, Tally()) + tally
    return {stage_id: _points(query, line, step) for stage_id, line in found.items()}


def _points(query: FunnelQuery, found: Mapping[date, Tally], step: str) -> list[TrendPoint]:
    first = day_of(query.start) if query.start else min(found, default=None)
    last = day_of(query.end - timedelta(microseconds=1)) if query.end else max(found, default=None)
    if first is None or last is None or begin_of(first, step) > last:
        return []
    return [TrendPoint(start, found.get(start, Tally())) for start in steps_between(first, last, step)]
