"""The table of a funnel: a row a stage."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, FloatField, Func, Q

from funnel.choices import PassageState
from funnel.figures.days import day_of, midnight
from funnel.figures.dwell import EDGES, quantile
from funnel.figures.query import COUNTS, FunnelQuery, Tally, passages, tally_of
from funnel.models import Stage
from funnel.statistics import Rate


class Bucket(Func):
    """The bucket of ``dwell.EDGES`` into which the time between two moments falls."""

    template = (
        "width_bucket(extract(epoch FROM %(expressions)s)::float8 / 3600, "
        f"ARRAY[{', '.join(map(str, EDGES))}]::float8[])"
    )
    arg_joiner = " - "
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One stage: what became of those that entered it in the period, and how long the passed ones stood there.

    ``median_hours`` and ``p90_hours`` are of those that passed in the order of time, to the width of a bucket
    (``figures.dwell``); None of none. ``over_norm`` of the ``tally.open`` have been here for more days than the norm
    allows; None where the stage has no norm or nobody said what time it is.
    """

    stage: Stage
    tally: Tally
    median_hours: float | None = None
    p90_hours: float | None = None
    over_norm: int | None = None

    @property
    def entered(self) -> int:
        return self.tally.entered

    @property
    def passed(self) -> int:
        return self.tally.passed

    @property
    def open(self) -> int:
        return self.tally.open

    @property
    def lost(self) -> int:
        return self.tally.lost

    @property
    def done(self) -> int:
        return self.tally.done

    @property
    def reversed_dates(self) -> int:
        return self.tally.reversed_dates

    @property
    def onward(self) -> Rate:
        return self.tally.onward

    @property
    def late(self) -> Rate | None:
        """The share of those still here that are over the norm."""
        return None if self.over_norm is None else Rate(self.over_norm, self.open)


def over_norm_before(stage: Stage, at: datetime) -> datetime | None:
    """Who entered before this midnight of the bank and is still here is over the norm; None without a norm.

    By whole days: a norm of seven days is broken on the eighth day, whatever the hour.
    """
    return midnight(day_of(at - timedelta(hours=stage.norm_hours))) if stage.norm_hours else None


def funnel_table(query: FunnelQuery, *, at: datetime | None = None) -> list[FunnelRow]:
    """A row a stage, in order; retired stages stand only where somebody entered them. ``at`` asks for the norm."""
    stages = list(query.stage_rows)
    rows = passages(query).order_by()
    tallies = {row["stage_id"]: tally_of(row) for row in rows.values("stage_id").annotate(**COUNTS)}
    times = dwell_times(query)
    late = _late(query, stages, at) if at else {}
    return [
        FunnelRow(
            stage, tallies.get(stage.pk, Tally()), quantile(times[stage.pk], 0.5), quantile(times[stage.pk], 0.9),
            late.get(stage.pk),
        )
        for stage in stages
        if stage.active or stage.pk in tallies
    ]  # fmt: skip


def dwell_times(query: FunnelQuery) -> Mapping[UUID, Mapping[int, int]]:
    """By stage, how many of those that passed in the order of time stood there how long (by bucket)."""
    spans = passages(query).in_order_of_time().order_by().values("stage_id", b=Bucket(F("passed_at"), F("entered_at")))
    found: dict[UUID, dict[int, int]] = defaultdict(dict)
    for row in spans.annotate(n=Count("pk")):
        found[row["stage_id"]][int(row["b"])] = row["n"]
    return found


def _late(query: FunnelQuery, stages: list[Stage], at: datetime) -> dict[UUID, int]:
    counts = {
        str(place): Count("pk", filter=Q(stage=stage, state=PassageState.OPEN, entered_at__lt=before))
        for place, stage in enumerate(stages)
        if (before := over_norm_before(stage, at))
    }
    named = {f"late_{place}": count for place, count in counts.items()}
    found = passages(query).order_by().aggregate(**named)
    return {stages[int(name.removeprefix("late_"))].pk: count for name, count in found.items()}
