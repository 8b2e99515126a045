"""Whose leads a word is about: the bank, each team with all below it or alone, each person by team."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from accounts.models import Team
from dashboards.forecasting.reading import Known
from priority.chances import Ints


@dataclass(frozen=True)
class Group:
    """``rows`` are places of leads in ``Known``."""

    rows: Ints
    team_id: UUID | None = None
    user_id: UUID | None = None
    whole: bool = True


def groups(known: Known, funnel: int) -> Iterator[Group]:
    """Every group of a funnel that has leads; the bank always. One query."""
    mine = np.flatnonzero(known.funnel == funnel)
    yield Group(mine)
    yield from _of_teams(known, mine)
    yield from _of_people(known, mine)


def _of_teams(known: Known, mine: Ints) -> Iterator[Group]:
    """A team without teams below it stands once: with all below it and alone are the same leads."""
    by_team = _parts(known.team, mine)
    parents = dict(Team.objects.values_list("pk", "parent_id"))
    for place, team_id in enumerate(known.team_ids):
        below = [other for other, pk in enumerate(known.team_ids) if _is_below(pk, team_id, parents)]
        rows = [by_team[other] for other in below if other in by_team]
        if rows:
            yield Group(np.concatenate(rows), team_id=team_id)
        if len(below) > 1 and place in by_team:
            yield Group(by_team[place], team_id=team_id, whole=False)


def _is_below(team_id: UUID, top: UUID, parents: Mapping[UUID, UUID | None]) -> bool:
    """Whether a team is another one or hangs below it. The tree has no loops (``accounts.services``)."""
    at: UUID | None = team_id
    while at is not None and at != top:
        at = parents.get(at)
    return at == top


def _of_people(known: Known, mine: Ints) -> Iterator[Group]:
    """By team of that time, so that a head counts what lies in his branch; all together where there was more than one.

    Work without a team is the person's own: it stands among all of his, never under a team.
    """
    for place, rows in _parts(known.owner, mine).items():
        user_id = known.owner_ids[place]
        by_team = _parts(known.team, rows)
        for team, part in by_team.items():
            yield Group(part, team_id=known.team_ids[team], user_id=user_id, whole=False)
        if len(by_team) != 1 or len(next(iter(by_team.values()))) != len(rows):
            yield Group(rows, user_id=user_id)


def _parts(codes: Ints, rows: Ints) -> dict[int, Ints]:
    """Rows by their code, in one sort; those of no code are left out."""
    own = codes[rows]
    order = np.argsort(own, kind="stable")
    ordered = own[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-2))
    ends = [*starts[1:].tolist(), *([len(ordered)] if len(ordered) else [])]
    pieces = zip(starts.tolist(), ends, strict=True)
    return {int(ordered[start]): rows[order[start:end]] for start, end in pieces if ordered[start] >= 0}
