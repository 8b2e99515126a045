"""Reading the funnel: the table of a page or an API answer, from one queryset of passages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Aggregate, Count, F, Q
from django.db.models.fields import DurationField

from funnel.choices import PassageState
from funnel.models import Passage, Stage
from funnel.querysets import IN_ORDER, REVERSED_DATES, PassageQuerySet
from funnel.statistics import Rate


@dataclass(frozen=True, slots=True)
class FunnelQuery:
    """What is asked: one funnel, a period of first entries, dimensions as they stood at entry.

    ``lead_ids`` is a queryset of the leads that the reader may see, or None when he sees all.
    """

    kind: str
    start: datetime | None = None
    end: datetime | None = None
    dimensions: Mapping[str, Any] = field(default_factory=dict)
    lead_ids: Any = None


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One stage. ``entered`` = passed + open + lost + done; ``onward`` is the rate of those that got further.

    Hours count from entry to
    the first entry further right, over those that passed in the order of time; ``reversed_dates`` are the others.
    """

    stage: Stage
    entered: int
    passed: int
    open: int
    lost: int
    done: int
    median_hours: float | None
    reversed_dates: int

    @property
    def onward(self) -> Rate:
        return Rate(self.passed, self.entered)


class Median(Aggregate):
    """PostgreSQL's interpolating median of an interval."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def passages(query: FunnelQuery) -> PassageQuerySet:
    """The rows behind every number of the table."""
    rows = Passage.objects.filter(kind=query.kind).entered_between(query.start, query.end)
    rows = rows.with_dimensions(query.dimensions)
    return rows if query.lead_ids is None else rows.of_leads(query.lead_ids)


def funnel_table(query: FunnelQuery) -> list[FunnelRow]:
    """A row a stage, in order; retired stages stand only where somebody entered them. Two queries."""
    counted = (
        passages(query)
        .values("stage_id")
        .annotate(
            entered=Count("pk"),
            passed=Count("pk", filter=Q(state=PassageState.PASSED)),
            open=Count("pk", filter=Q(state=PassageState.OPEN)),
            lost=Count("pk", filter=Q(state=PassageState.LOST)),
            done=Count("pk", filter=Q(state=PassageState.DONE)),
            reversed_dates=Count("pk", filter=REVERSED_DATES),
            median=Median(F("passed_at") - F("entered_at"), filter=IN_ORDER),
        )
    )
    by_stage = {row["stage_id"]: row for row in counted}
    stages = Stage.objects.of_kind(query.kind)
    return [_row(stage, by_stage.get(stage.pk)) for stage in stages if stage.active or stage.pk in by_stage]


def _row(stage: Stage, counted: dict[str, Any] | None) -> FunnelRow:
    if counted is None:
        return FunnelRow(stage, 0, 0, 0, 0, 0, None, 0)
    median = counted["median"]
    return FunnelRow(
        stage=stage,
        entered=counted["entered"],
        passed=counted["passed"],
        open=counted["open"],
        lost=counted["lost"],
        done=counted["done"],
        median_hours=None if median is None else median.total_seconds() / 3600,
        reversed_dates=counted["reversed_dates"],
    )
