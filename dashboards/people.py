"""People beside each other for a month or a week: what each took upon himself, what the model says, what came."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from accounts.roles import Role
from accounts.scope import people
from dashboards import facts
from dashboards.foreseeing import Foreseen, foreseen_of
from dashboards.models import Commitment
from dashboards.planning import PlanQuery, commitments
from funnel.figures.query import FunnelQuery

SELLERS = (Role.PRODUCT_OWNER, Role.ACCOUNT_MANAGER)


@dataclass(frozen=True, slots=True)
class Line:
    """The two words are never mixed: ``commitment`` is the person's, ``said`` the model's."""

    user: User
    commitment: Commitment | None
    said: Foreseen | None
    came: int


def lines(reader: User, query: PlanQuery, wins: FunnelQuery) -> list[Line]:
    """Those who sell, or gave their word, or brought something in the period; by name. Six queries."""
    given = {row.user_id: row for row in commitments(query)}
    came = facts.by_person(wins, query.win, query.starts_on, query.last)
    teams = query.audience.team_ids
    seen = people(reader) if query.audience.everything else people(reader).filter(team_id__in=sorted(teams))
    shown = [user for user in seen if _belongs(user, given, came)]
    said = foreseen_of(reader, shown, query.funnel.pk)
    return [Line(user, given.get(user.pk), said.get(user.pk), came.get(user.pk, 0)) for user in shown]


def _belongs(user: User, given: Mapping[UUID | None, Commitment], came: Mapping[UUID | None, int]) -> bool:
    return user.role in SELLERS or user.pk in given or user.pk in came


def late(rows: Iterable[Line]) -> int:
    return sum(row.commitment is not None and row.commitment.late for row in rows)
