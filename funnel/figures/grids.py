"""A stage cut by dimensions: segment × UTP, people, teams, sources beside each other; and where leads are lost."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from accounts.models import Team
from accounts.scope import subtree
from funnel.choices import PassageState
from funnel.figures.query import COUNTS, FunnelQuery, Tally, passages, tally_of
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
class Compared:
    """One line of a comparison: a person, team, segment... by its id, a source by its name; None or "" for unknown.

    ``below`` tells that a team stands with all teams below it: its rows are those of the audience of that team.
    """

    key: UUID | str | None
    tally: Tally
    below: bool = False


@dataclass(frozen=True, slots=True)
class LossLine:
    """Those that entered a stage in the period and were lost there; ``reasons`` by code, "" without one."""

    stage: Stage
    entered: int
    lost: int
    reasons: Mapping[str, int]


def matrix(query: FunnelQuery, stage: Stage) -> list[MatrixCell]:
    """Segment × UTP at one stage, cells with somebody in them."""
    counted = passages(query).filter(stage=stage).order_by().values("segment_id", "utp_id").annotate(**COUNTS)
    return [MatrixCell(row["segment_id"], row["utp_id"], tally_of(row)) for row in counted]


def compare(query: FunnelQuery, stage: Stage, *, by: str) -> list[Compared]:
    """Lines by ``owner``, ``team``, ``segment``, ``utp``, ``initiative``, ``product`` or ``source``, largest first.

    Teams are those right under the audience's own (or the roots of the tree), each with all below it, and the
    audience's own team for what it did itself. The period against the one before: ``query.before()``.
    """
    counted = passages(query).filter(stage=stage).order_by().values(key=F(BY[by])).annotate(**COUNTS)
    lines = {row["key"]: tally_of(row) for row in counted}
    found = _teams(query, lines) if by == "team" else [Compared(key, tally) for key, tally in lines.items()]
    return sorted(found, key=lambda line: (-line.tally.entered, str(line.key)))


def losses(query: FunnelQuery) -> list[LossLine]:
    """A line a stage, in order: where leads are lost and, as far as the log says, why."""
    counted = passages(query).order_by().values("stage_id").annotate(**COUNTS)
    tallies = {row["stage_id"]: tally_of(row) for row in counted}
    reasons: dict[UUID, Counter[str]] = {}
    for row in passages(query).filter(state=PassageState.LOST).order_by().values("stage_id"):
        reasons.setdefault(row["stage_id"], Counter())[""] += 1
    return [
        LossLine(stage, found.entered, found.lost, reasons.get(stage.pk, {}))
        for stage in query.stage_rows
        if (found := tallies.get(stage.pk, Tally())).entered or stage.active
    ]


def _teams(query: FunnelQuery, lines: Mapping[UUID | str | None, Tally]) -> list[Compared]:
    audience = query.audience
    if not audience.everything and audience.node_id is None:
        return [Compared(key, tally) for key, tally in lines.items()]
    found, taken = [], set[UUID | str | None]()
    for team in Team.objects.filter(parent_id=audience.node_id):
        below = subtree(team.pk)
        taken |= below
        total = sum((tally for key, tally in lines.items() if key in below), Tally())
        if total.entered:
            found.append(Compared(team.pk, total, below=True))
    return found + [Compared(key, tally) for key, tally in lines.items() if key not in taken]
