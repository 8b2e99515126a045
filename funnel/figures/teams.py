"""Teams beside each other, each with all below it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Team
from funnel.figures.counting import by_team
from funnel.figures.query import FunnelQuery, Tally
from funnel.models import Stage

Parents = Mapping[UUID, UUID | None]


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of a comparison: a person, team, segment... by its id, a source by its name; None or "" for unknown.

    ``below`` tells that a team stands with all teams below it: its rows are those of the audience of that team.
    """

    key: UUID | str | None
    tally: Tally
    below: bool = False


def teams_beside(query: FunnelQuery, stage: Stage) -> list[Compared]:
    """The teams right under that of the audience, and the rows of that team itself. Of everything: the roots, or what
    stands under the one root; and the rows of no team."""
    parents: Parents = dict(Team.objects.order_by().values_list("pk", "parent_id"))
    top = query.audience.node_id
    roots = [pk for pk, parent in parents.items() if parent is None]
    if query.audience.everything and len(roots) == 1:
        top = roots[0]
    children = [pk for pk, parent in parents.items() if parent == top]
    nodes, rest = by_team(query, stage.pk, [*children, *([top] if top else [])])
    below = {pk: nodes.pop((pk,), Tally()) for pk in children}
    # The cells of the top hold those of its children: what is left is its own.
    alone = {pk: tally - sum(below.values(), Tally()) if pk == top else tally for (pk,), tally in nodes.items()}
    for (team_id,), tally in rest.items():
        child = _child(team_id, parents, top)
        where = alone if child is None else below
        key = team_id if child is None else child
        where[key] = where.get(key, Tally()) + tally
    lines = [Compared(pk, tally, below=True) for pk, tally in below.items() if tally.entered]
    return lines + [Compared(pk, tally) for pk, tally in alone.items() if tally.entered]


def _child(team_id: UUID | None, parents: Parents, top: UUID | None) -> UUID | None:
    """Under which team right below the top this one stands; None for the top itself and for no team."""
    while team_id is not None and team_id != top:
        parent = parents.get(team_id)
        if parent == top:
            return team_id
        team_id = parent
    return None
