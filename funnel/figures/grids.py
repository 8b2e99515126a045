"""A stage cut by dimensions: segment × UTP, people, teams, sources beside each other; and where leads are lost."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from funnel.audience import Audience
from funnel.figures.counting import LOSSES, tallies
from funnel.figures.query import FunnelQuery, Tally
from funnel.figures.teams import Compared, teams_beside
from funnel.models import Stage

BY = {
    "owner": "owner_id",
    "team": "team_id",
    "segment": "segment_id",
    "utp": "utp_id",
    "initiative": "initiative_id",
    "product": "product_id",
    "source": "source_channel",
}


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Those that entered the stage under this UTP in this segment; None where it was not known then.

    ``tally.onward`` has ``few`` for a cell that must not be read as a percentage.
    """

    segment_id: UUID | None
    utp_id: UUID | None
    tally: Tally


@dataclass(frozen=True, slots=True)
class LossLine:
    """Those that entered a stage in the period and were lost there; ``reasons`` by code, "" without one."""

    stage: Stage
    entered: int
    lost: int
    reasons: Mapping[str, int]


def matrix(query: FunnelQuery, stage: Stage) -> list[MatrixCell]:
    """Segment × UTP at one stage, cells with somebody in them."""
    counted = tallies(query, [stage.pk], by=["segment_id", "utp_id"])
    return [MatrixCell(segment_id, utp_id, tally) for (segment_id, utp_id), tally in counted.items()]


def compare(query: FunnelQuery, stage: Stage, *, by: str) -> list[Compared]:
    """Lines by ``owner``, ``team``, ``segment``, ``utp``, ``initiative``, ``product`` or ``source``, largest first.

    Teams are those right under the audience's own (or under the root of the tree), each with all below it, and that
    team itself for what it did alone. The period against the one before: ``query.before()``.
    """
    if by == "team" and (query.audience.everything or query.audience.node_id):
        found = teams_beside(query, stage)
    else:
        counted = tallies(query, [stage.pk], by=[BY[by]])
        found = [Compared(key, tally) for (key,), tally in counted.items()]
    return sorted(found, key=lambda line: (-line.tally.entered, str(line.key)))


def sources(audience: Audience) -> list[str]:
    """The channels by which anybody came whom this audience counts, by name; of all funnels and times."""
    stages = list(Stage.objects.order_by().values_list("pk", flat=True))
    found = tallies(FunnelQuery(kind="", audience=audience), stages, by=["source_channel"])
    return sorted(channel for (channel,) in found if channel)


def losses(query: FunnelQuery) -> list[LossLine]:
    """A line a stage, in order: where leads are lost and, as far as the log says, why."""
    stages = list(query.stage_rows)
    stage_ids = [stage.pk for stage in stages]
    found = tallies(query, stage_ids, by=["stage_id"])
    reasons: dict[UUID, dict[str, int]] = defaultdict(dict)
    for (stage_id, reason), tally in tallies(query, stage_ids, by=["stage_id", "loss_reason"], cubes=LOSSES).items():
        reasons[stage_id][reason] = tally.entered
    return [
        LossLine(stage, tally.entered, tally.lost, reasons[stage.pk])
        for stage in stages
        if (tally := found.get((stage.pk,), Tally())).entered or stage.active
    ]
