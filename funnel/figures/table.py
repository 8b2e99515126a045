"""The table of a funnel: a row a stage."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from funnel.dwell import quantile
from funnel.figures.counting import DWELLS, TALLIES, Window, count, tallies
from funnel.figures.days import day_of, midnight
from funnel.figures.query import FunnelQuery, Tally
from funnel.models import Stage
from funnel.statistics import Rate


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
    """A row a stage, in order; retired stages stand only where somebody entered them. ``at`` asks for the norm.

    Five statements at most.
    """
    stages = list(query.stage_rows)
    windows = [Window("", [stage.pk for stage in stages], query.start, query.end)]
    late = [_late(query, stage, at) for stage in stages if stage.norm_hours] if at else []
    counted = count(query, [*windows, *late], by=["stage_id"], cubes=TALLIES)
    standing, times = counted[""], dwell_times(query, stages)
    return [
        FunnelRow(
            stage, standing.get((stage.pk,), Tally()), quantile(times[stage.pk], 0.5), quantile(times[stage.pk], 0.9),
            counted[str(stage.pk)].get((stage.pk,), Tally()).open if str(stage.pk) in counted else None,
        )
        for stage in stages
        if stage.active or (stage.pk,) in standing
    ]  # fmt: skip


def dwell_times(query: FunnelQuery, stages: Sequence[Stage] | None = None) -> Mapping[UUID, Mapping[int, int]]:
    """By stage, how many of those that passed in the order of time stood there how long (by bucket)."""
    found: dict[UUID, dict[int, int]] = defaultdict(dict)
    stage_ids = [stage.pk for stage in (query.stage_rows if stages is None else stages)]
    for (stage_id, bucket), tally in tallies(query, stage_ids, by=["stage_id", "dwell"], cubes=DWELLS).items():
        found[stage_id][bucket] = tally.entered
    return found


def _late(query: FunnelQuery, stage: Stage, at: datetime) -> Window:
    before = over_norm_before(stage, at)
    end = before if query.end is None or before is None else min(before, query.end)
    return Window(str(stage.pk), [stage.pk], query.start, end)
