"""The one rule of visibility (who sees which rows). Pages, API, exports, search and jobs all ask here.

| role | sees |
| --- | --- |
| administrator, auditor | everything |
| sales head | his team and every team below it |
| product owner, account manager | his own and his team's |
| lead generator | his own |
| service account | the team it was made for and all below it; the whole bank when made without a team |

Besides, a single lead, agent or client that was lent to a person (``accounts.sharing``): whoever it was lent to for
reading finds it where he reads, and does not find it where something is written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Self, TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection, models
from django.db.models import Q

from accounts.models import User
from accounts.roles import SEES_EVERYTHING, Role
from common import clock

M = TypeVar("M", bound=models.Model)

_SUBTREE = """
WITH RECURSIVE below AS (
    SELECT id FROM accounts_team WHERE id = %s
    UNION SELECT team.id FROM accounts_team team JOIN below ON team.parent_id = below.id
) SELECT id FROM below
"""
_SCOPE = """
WITH RECURSIVE below AS (
    SELECT id FROM accounts_team WHERE id = %(team)s
    UNION SELECT team.id FROM accounts_team team JOIN below ON team.parent_id = below.id
), above AS (
    SELECT id, parent_id FROM accounts_team WHERE id = %(team)s
    UNION SELECT team.id, team.parent_id FROM accounts_team team JOIN above ON team.id = above.parent_id
) SELECT id, 'above' FROM above UNION ALL SELECT id, 'below' FROM below
UNION ALL SELECT subject, level FROM accounts_share
    WHERE to_id = %(user)s AND revoked_at IS NULL AND until >= %(today)s
"""
_writing: ContextVar[bool] = ContextVar("writing", default=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person sees: everything, or own rows plus the rows of these teams, and what was lent to him."""

    user_id: UUID | None
    everything: bool
    team_ids: frozenset[UUID]
    ancestor_ids: frozenset[UUID] = frozenset()
    lent_to_read: frozenset[UUID] = frozenset()
    lent_to_work: frozenset[UUID] = frozenset()

    def q(self, *, owner: str = "owner", team: str = "team") -> Q:
        """The condition on a table's owner and team columns."""
        if self.everything:
            return Q()
        if self.user_id is None:
            return Q(pk__in=[])
        return Q(**{f"{owner}_id": self.user_id}) | Q(**{f"{team}_id__in": list(self.team_ids)})

    def lent(self, record: str = "pk") -> Q:
        """The condition on a table's way to the lead or party: empty, and thus no part of the query, where nothing was
        lent. Ids stand in the query one by one: they are few, and each is found by the key."""
        ids = self.lent_to_work if _writing.get() else self.lent_to_read | self.lent_to_work
        return Q(**{f"{record}__in": sorted(ids)}) if ids else Q()

    def holds(self, owner_id: UUID | None, team_id: UUID | None) -> bool:
        """What ``q`` asks of a table, asked of one row."""
        if self.everything or self.user_id is None:
            return self.everything
        return owner_id == self.user_id or team_id in self.team_ids


NOBODY = Scope(user_id=None, everything=False, team_ids=frozenset())


def subtree(team_id: UUID) -> frozenset[UUID]:
    """Ids of a team and of all teams below it."""
    with connection.cursor() as cursor:
        cursor.execute(_SUBTREE, [team_id])
        return frozenset(row[0] for row in cursor.fetchall())


@contextmanager
def only_reading() -> Iterator[None]:
    """Within, what was lent for reading is there. Jobs and writing requests go without: they may change what they
    find."""
    token = _writing.set(False)
    try:
        yield
    finally:
        _writing.reset(token)


def _found(user: User) -> dict[str, frozenset[UUID]]:
    """Ids of the teams over the person's team (``above``) and under it (``below``), in both itself, and of what was
    lent to him (``read``, ``work``). One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SCOPE, {"team": user.team_id, "user": user.pk, "today": clock.now().astimezone(user.zone).date()}
        )
        rows = cursor.fetchall()
    return {kind: frozenset(pk for pk, of in rows if of == kind) for kind in ("above", "below", "read", "work")}


def scope_of(user: User | AnonymousUser) -> Scope:
    """The user's scope. One query; kept on the instance, which lives for one request."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    kept: Scope | None = getattr(user, "_scope", None)
    if kept is None:
        kept = _scope(user)
        user._scope = kept  # type: ignore[attr-defined]
    return kept


def _scope(user: User) -> Scope:
    if user.role in SEES_EVERYTHING or (user.role == Role.SERVICE and user.team_id is None):
        return Scope(user_id=user.pk, everything=True, team_ids=frozenset())
    found = _found(user)
    own = frozenset() if user.team_id is None else frozenset({user.team_id})
    teams = {Role.SALES_HEAD: found["below"], Role.SERVICE: found["below"], Role.LEAD_GENERATOR: frozenset()}
    return Scope(
        user.pk,
        everything=False,
        team_ids=teams.get(Role(user.role), own),
        ancestor_ids=found["above"],
        lent_to_read=found["read"],
        lent_to_work=found["work"],
    )


def to_change(user: User) -> User:
    """The same person, about to change something: on a form's page, too, what was lent for reading is not there, so
    that nobody fills in what will not be taken. Until the end of the request."""
    user._scope = replace(scope_of(user), lent_to_read=frozenset())  # type: ignore[attr-defined]
    return user


def may_change(user: User, record: UUID, *, owner_id: UUID | None, team_id: UUID | None) -> bool:
    """Whether a record that this person sees is more than lent to him for reading: a card asks for its buttons."""
    scope = scope_of(user)
    return user.may_write and (record not in scope.lent_to_read or scope.holds(owner_id, team_id))


def still_sees(user: User) -> bool:
    """Whether the person, read anew, is who he was when his scope was asked for, and sees all that he saw then: asked
    by work that goes on for a while. Two queries."""
    fresh = User.objects.filter(pk=user.pk, is_active=True, role=user.role).select_related("team").first()
    if fresh is None or fresh.team_id != user.team_id:
        return False
    was, is_ = scope_of(user), scope_of(fresh)
    return was.team_ids <= is_.team_ids and (was.lent_to_read | was.lent_to_work) <= (
        is_.lent_to_read | is_.lent_to_work
    )


class ScopedQuerySet(models.QuerySet[M]):
    """Rows with an owner and a team. Every list, count, search and export starts with ``visible_to``."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(self.scope_q(scope_of(user)))

    def scope_q(self, scope: Scope) -> Q:
        return scope.q()


class SharedQuerySet(ScopedQuerySet[M]):
    """Reference rows (segments, UTPs): a row of no team is the whole bank's; a team's row is seen below it too."""

    def scope_q(self, scope: Scope) -> Q:
        if scope.user_id is None:
            return Q(pk__in=[])
        mine = scope.q()
        return mine | Q(team__isnull=True) | Q(team_id__in=list(scope.ancestor_ids)) if mine else mine


class UserQuerySet(models.QuerySet[User]):
    """Colleagues: those whose work one may see, and oneself."""

    def visible_to(self, user: User | AnonymousUser) -> "UserQuerySet":
        scope = scope_of(user)
        if scope.everything:
            return self
        return self.filter(Q(pk=scope.user_id) | Q(team_id__in=list(scope.team_ids)))


def people(user: User | AnonymousUser) -> "models.QuerySet[User]":
    """The active people whom this person may see and hand work to (not service accounts)."""
    queryset = UserQuerySet(User).visible_to(user)
    return queryset.filter(is_active=True).exclude(role=Role.SERVICE).select_related("team").order_by("name")


def may_see_owner(user: User, owner: User) -> bool:
    """Whether work may be handed to this person: he is oneself or stands in one's scope."""
    scope = scope_of(user)
    return scope.everything or owner.pk == scope.user_id or owner.team_id in scope.team_ids
