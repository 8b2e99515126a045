"""A stage over time: by the day or week in which leads entered it."""

from dataclasses import dataclass
from datetime import date, timedelta

from funnel.figures.cohorts import steps_between
from funnel.figures.days import begin_of, day_of
from funnel.figures.query import COUNTS, FunnelQuery, Tally, passages, tally_of
from funnel.models import Stage


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Those who entered the stage in the step that begins on ``start``, and what became of them since."""

    start: date
    tally: Tally


def trend(query: FunnelQuery, stage: Stage, *, step: str = "day") -> list[TrendPoint]:
    """A point a ``day``, ``week`` or ``month`` of the period, empty ones too; of an open period from the first to the
    last on which somebody entered. The first and the last may be cut by the period."""
    found: dict[date, Tally] = {}
    for passage in passages(query).filter(stage=stage).order_by().values("entered_at", "pk").annotate(**COUNTS):
        start = begin_of(day_of(passage["entered_at"]), step)
        found[start] = found.get(start, Tally()) + tally_of(passage)
    first = day_of(query.start) if query.start else min(found, default=None)
    last = day_of(query.end - timedelta(microseconds=1)) if query.end else max(found, default=None)
    if first is None or last is None or first > last:
        return []
    return [TrendPoint(start, found.get(start, Tally())) for start in steps_between(first, last, step)]
