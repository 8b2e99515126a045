"""Whose history a figure counts: passages by the owner and the team of the time when the stage was entered.

Who works a lead today does not matter here. A person who moved to another team leaves what he did there with the team
of that time, and numbers of the past stay as they were.
"""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.roles import Role
from accounts.scope import scope_of, subtree
from common.errors import NotFound


@dataclass(frozen=True, slots=True)
class Audience:
    """Everything; or a team with all below it (``node_id``); or one's own rows and those of some teams.

    An empty one (nobody, no team) holds nothing.
    """

    everything: bool = False
    node_id: UUID | None = None
    owner_id: UUID | None = None
    team_ids: frozenset[UUID] = frozenset()

    @property
    def q(self) -> Q:
        """The condition on the owner and the team of a passage."""
        if self.everything:
            return Q()
        if self.owner_id is None and not self.team_ids:
            return Q(pk__in=[])
        teams = Q(team_id__in=sorted(self.team_ids)) if self.team_ids else Q()
        return teams if self.owner_id is None else teams | Q(owner_id=self.owner_id)

    @classmethod
    def of_node(cls, team_id: UUID) -> Self:
        """A team and all below it, as the tree stands today."""
        return cls(node_id=team_id, team_ids=subtree(team_id))


EVERYTHING = Audience(everything=True)
NOBODY = Audience()


def audience_of(user: User | AnonymousUser, team_id: UUID | None = None) -> Audience:
    """The history that this person may count; ``team_id`` narrows it to a team of his scope with all below it.

    A product owner who narrows to his team counts the team's rows alone. Raises NotFound, the same for a team that is
    missing and for one outside the scope.
    """
    if not isinstance(user, User):
        return NOBODY
    scope = scope_of(user)
    if team_id is not None:
        return _narrowed(user, team_id)
    if scope.everything:
        return EVERYTHING
    if user.role in {Role.SALES_HEAD, Role.SERVICE} and user.team_id and scope.team_ids:
        return Audience(node_id=user.team_id, team_ids=scope.team_ids)
    return Audience(owner_id=scope.user_id, team_ids=scope.team_ids)


def teams_of(user: User | AnonymousUser) -> "QuerySet[Team]":
    """The teams to which this person may narrow a report."""
    scope = scope_of(user)
    return Team.objects.all() if scope.everything else Team.objects.filter(pk__in=scope.team_ids)


def _narrowed(user: User, team_id: UUID) -> Audience:
    scope = scope_of(user)
    if not teams_of(user).filter(pk=team_id).exists():
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    below = subtree(team_id)
    if scope.everything or below <= scope.team_ids:
        return Audience(node_id=team_id, team_ids=below)
    return Audience(team_ids=frozenset({team_id}))
