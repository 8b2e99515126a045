"""Colleagues and teams: whose ids stand in ``owner`` and ``team`` of everything else. Read only."""

import django_filters as filters
from django.db.models import Q, QuerySet
from rest_framework import serializers

from accounts.models import Team, User
from accounts.roles import PEOPLE, Role
from accounts.scope import UserQuerySet, scope_of
from api.doors import door_to
from api.fields import Choice, Ref
from api.personal import PersonText
from api.resources import Readable
from api.shapes import Shown

ROLES = [(role.value, role.value) for role in PEOPLE]


def colleagues(user: User) -> "QuerySet[User]":
    """Those whose work the caller sees, and himself; also those who left: their ids stand on what they did."""
    return UserQuerySet(User).visible_to(user).exclude(role=Role.SERVICE).select_related("team")


def teams(user: User) -> "QuerySet[Team]":
    """The teams of the caller's scope, and his own."""
    scope = scope_of(user)
    rows = Team.objects.select_related("parent")
    return rows if scope.everything else rows.filter(Q(pk__in=list(scope.team_ids)) | Q(pk=user.team_id))


class UserShape(Shown):
    """An employee. His name is no secret of the bank's own systems; his address asks for ``pii:read``."""

    expandable = ("team",)

    name = serializers.CharField(read_only=True)
    email = PersonText(read_only=True)
    role = Choice(Role, read_only=True)
    team = Ref(allow_null=True)
    active = serializers.BooleanField(source="is_active", read_only=True)
    expanded = serializers.DictField(read_only=True)


class UserFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=120)
    role = filters.ChoiceFilter(choices=ROLES)
    team = filters.ModelChoiceFilter(queryset=lambda request: teams(request.user))
    active = filters.BooleanFilter(field_name="is_active")

    class Meta:
        model = User
        fields: list[str] = []


class Users(Readable):
    resource = "users"
    personal = frozenset[str]()
    shape = UserShape
    rows = colleagues
    door = door_to(colleagues)
    filterset_class = UserFilter
    sorts = {"created_at": "created_at", "updated_at": "updated_at", "name": "name"}
    default_sort = "name"


class TeamShape(Shown):
    expandable = ("parent",)

    name = serializers.CharField(read_only=True)
    parent = Ref(allow_null=True)
    expanded = serializers.DictField(read_only=True)


class TeamFilter(filters.FilterSet):
    parent = filters.ModelChoiceFilter(queryset=lambda request: teams(request.user))

    class Meta:
        model = Team
        fields: list[str] = []


class Teams(Readable):
    """The part of the tree that the caller sees. A parent above it is named by id, and answers 404."""

    resource = "users"
    personal = frozenset[str]()
    shape = TeamShape
    rows = teams
    door = door_to(teams)
    filterset_class = TeamFilter
    sorts = {"created_at": "created_at", "updated_at": "updated_at", "name": "name"}
    default_sort = "name"
