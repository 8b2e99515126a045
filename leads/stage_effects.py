"""What a change of a stage would do, counted before it is made: whom it touches, which figures change their meaning.

Everything here reads and writes nothing; the deeds are in ``leads.services.stages``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from funnel.choices import PassageState
from funnel.figures import over_norm_before
from funnel.models import Passage, Stage, StageEntry
from funnel.statistics import Rate
from leads.facts import FACTS
from leads.models import Lead

SHOWN = 20
"""Leads that a preview lists by name; the rest are counted."""


@dataclass(frozen=True, slots=True)
class GateEffect:
    """Of the open leads that stand right before the stage, how many would not pass this gate; the first by name."""

    standing: int
    held: int
    leads: tuple[Lead, ...] = ()

    @property
    def heavy(self) -> bool:
        return self.held * 2 > self.standing


@dataclass(frozen=True, slots=True)
class NormEffect:
    """Open leads of the stage: how many stand longer than the norm of today allows, and than the new one would."""

    standing: int
    late: int
    late_then: int


@dataclass(frozen=True, slots=True)
class Shift:
    """Two stages change places. ``recounted`` leads entered both and got no further: they passed the one and stand at
    the other today, and the other way round after. The rates are of all that entered, then and now."""

    earlier: Stage
    later: Stage
    recounted: int
    earlier_now: Rate
    earlier_then: Rate
    later_now: Rate
    later_then: Rate
    new_last: bool
    """The stage that comes last decides who reached the end."""


@dataclass(frozen=True, slots=True)
class Retirement:
    """``entries`` stay in the history; ``targets`` are where open leads may be moved, the nearest before first."""

    standing: int
    leads: tuple[Lead, ...]
    entries: int
    targets: tuple[Stage, ...]
    before: Stage | None
    after: Stage | None


def gate_effect(*, before: Stage | None, gate: Iterable[str], names: bool = False) -> GateEffect:
    """Counted over the whole bank, in one query. ``before`` is the stage that leads would come from; ``names`` adds
    the first of those that would be held, by one more query."""
    if before is None:
        return GateEffect(0, 0)
    passes = Q()
    for code in gate:
        passes &= Q(FACTS[code].condition)
    held = Count("pk", filter=~passes) if passes else Count("pk", filter=Q(pk__in=[]))
    rows = Lead.objects.open().filter(stage=before).order_by()
    counted = rows.aggregate(standing=Count("pk"), held=held)
    listed = _named(rows.filter(~passes)) if names and counted["held"] else ()
    return GateEffect(**counted, leads=listed)


def norm_effect(*, stage: Stage, norm_hours: int | None, at: datetime) -> NormEffect:
    """By whole days, as the reports count it. One query."""
    rows = Lead.objects.open().filter(stage=stage).order_by()
    then = over_norm_before(Stage(norm_hours=norm_hours), at)
    now = over_norm_before(stage, at)
    counted = {"standing": Count("pk"), "late": _late(now), "late_then": _late(then)}
    return NormEffect(**rows.aggregate(**counted))


def _late(before: datetime | None) -> Count:
    return Count("pk", filter=Q(stage_entered_at__lt=before) if before else Q(pk__in=[]))


def shift_effect(*, stage: Stage, earlier: bool) -> Shift | None:
    """What changes when the stage swaps places with its neighbour in use; None at the edge. Four queries."""
    pair = neighbours(stage, earlier=earlier)
    if pair is None:
        return None
    first, second = pair
    one, two = _rate(first), _rate(second)
    stopped = Passage.objects.filter(stage=second.pk).exclude(state=PassageState.PASSED)
    both = Passage.objects.filter(stage=first.pk, lead_id__in=stopped.values("lead_id")).count()
    last = Stage.objects.of_funnel(first.funnel_id).active().last()
    return Shift(
        earlier=first,
        later=second,
        recounted=both,
        earlier_now=one,
        earlier_then=Rate(one.k - both, one.n),
        later_now=two,
        later_then=Rate(two.k + both, two.n),
        new_last=last is not None and last.pk == second.pk,
    )


def neighbours(stage: Stage, *, earlier: bool) -> tuple[Stage, Stage] | None:
    """The stage and the one it would swap with, in today's order."""
    rows = list(Stage.objects.of_funnel(stage.funnel_id).active())
    place = next((number for number, row in enumerate(rows) if row.pk == stage.pk), None)
    if place is None:
        return None
    first = place - 1 if earlier else place
    return (rows[first], rows[first + 1]) if 0 <= first < len(rows) - 1 else None


def _rate(stage: Stage) -> Rate:
    rows = Passage.objects.filter(stage=stage.pk).order_by()
    counted = rows.aggregate(n=Count("pk"), k=Count("pk", filter=Q(state=PassageState.PASSED)))
    return Rate(counted["k"], counted["n"])


def retirement(stage: Stage) -> Retirement:
    rows = list(Stage.objects.of_funnel(stage.funnel_id).active())
    before = [row for row in rows if row.position < stage.position]
    after = [row for row in rows if row.position > stage.position]
    standing = Lead.objects.open().filter(stage=stage).order_by()
    return Retirement(
        standing=standing.count(),
        leads=_named(standing),
        entries=StageEntry.objects.filter(stage=stage).count(),
        targets=(*reversed(before), *after),
        before=before[-1] if before else None,
        after=after[0] if after else None,
    )


def entries_of(stage: Stage) -> int:
    """How many times the stage is named in the history: what a new name is read in."""
    return StageEntry.objects.filter(stage=stage).count()


def _named(rows: QuerySet[Lead]) -> tuple[Lead, ...]:
    return tuple(rows.select_related("party", "owner").order_by("stage_entered_at", "pk")[:SHOWN])
