"""Reading people and teams as the administrator of the bank sees them: all of them, the service accounts too."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import demand_settings
from accounts.models import Team, User
from accounts.roles import Role
from common.errors import NotFound
from common.text import fold

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Branch:
    """A team on the tree: how deep it hangs, who heads it, how many active people it has."""

    team: Team
    depth: int
    heads: tuple[str, ...]
    people: int


def employees(by: User, *, text: str = "", role: str = "", active: bool | None = None) -> QuerySet[User]:
    """The bank's people, by name. Raises NotAllowed for those who do not read settings."""
    demand_settings(by)
    rows = User.objects.exclude(role=Role.SERVICE).select_related("team").order_by("-is_active", "name", "pk")
    for word in fold(text).split():
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word))
    if role:
        rows = rows.filter(role=role)
    return rows if active is None else rows.filter(is_active=active)


def get_employee(by: User, pk: UUID) -> User:
    """Raises NotFound, NotAllowed."""
    return _found(employees(by).filter(pk=pk).first())


def get_team(by: User, pk: UUID) -> Team:
    """Raises NotFound, NotAllowed."""
    demand_settings(by)
    return _found(Team.objects.select_related("parent").filter(pk=pk).first())


def team_tree(by: User) -> list[Branch]:
    """All teams, each under its parent, siblings by name. Two queries whatever the number of teams."""
    demand_settings(by)
    heads: dict[UUID, list[str]] = {}
    for name, team_id in User.objects.filter(role=Role.SALES_HEAD, is_active=True).values_list("name", "team_id"):
        heads.setdefault(team_id, []).append(name)
    teams = list(Team.objects.annotate(active_people=Count("people", filter=Q(people__is_active=True))))
    children: dict[UUID | None, list[Team]] = {}
    for team in sorted(teams, key=lambda team: fold(team.name)):
        children.setdefault(team.parent_id, []).append(team)
    return list(_branches(children, heads, None, 0))


def _branches(
    children: dict[UUID | None, list[Team]], heads: dict[UUID, list[str]], parent: UUID | None, depth: int
) -> Iterator[Branch]:
    for team in children.get(parent, []):
        yield Branch(team, depth, tuple(heads.get(team.pk, ())), team.active_people)  # type: ignore[attr-defined]
        yield from _branches(children, heads, team.pk, depth + 1)


def _found(row: M | None) -> M:
    if row is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return row
