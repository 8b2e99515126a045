"""Predicates of right and the doors to one record."""

from typing import TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import SEES_EVERYTHING, Role
from accounts.scope import ScopedQuerySet, may_see_owner
from common.errors import NotAllowed, NotFound

M = TypeVar("M", bound=models.Model)


def demand_write(user: User) -> None:
    """Raises NotAllowed for those who only read."""
    if not user.may_write:
        raise NotAllowed(_("Ваша роль читает всё, но ничего не меняет. Изменения вносит владелец записи."))


def may_plan(by: User, owner: User) -> bool:
    """Whether one may change this person's plan: one's own, and of those whose work one sees."""
    return by.may_write and may_see_owner(by, owner)


def demand_planner(by: User, owner: User) -> None:
    """Raises NotAllowed for those who only read, and for a plan of somebody whose work one does not see."""
    demand_write(by)
    if not may_plan(by, owner):
        raise NotAllowed(_("Планировать можно себе и тем, чью работу вы видите. Попросите руководителя."))


def demand_administrator(user: User) -> None:
    if not user.is_administrator:
        raise NotAllowed(_("Это меняет администратор. Попросите его или руководителя."))


def demand_dictionaries(user: User) -> None:
    """Stages and products are the bank's own words: an administrator changes them, and a system of the whole bank to
    whose token an administrator gave the right."""
    if not user.is_administrator and not (user.role == Role.SERVICE and user.team_id is None):
        raise NotAllowed(_("Это меняет администратор. Попросите его или руководителя."))


def demand_settings(user: User) -> None:
    """Settings are read by administrators and auditors; changes ask for ``demand_administrator`` besides."""
    if user.role not in SEES_EVERYTHING:
        raise NotAllowed(_("Это меняет администратор. Попросите его или руководителя."))


def one_visible(queryset: ScopedQuerySet[M], user: User, pk: UUID | str, *, lock: bool = False) -> M:
    """The only door to one scoped row. Raises NotFound, the same for hidden and missing.

    ``lock`` takes the row's lock without blocking foreign keys to it; use it inside a transaction.
    """
    if lock:  # without joins, before the row is read: see leads.access.all_locked
        list(queryset.model._base_manager.select_for_update(no_key=True).filter(pk=_as_uuid(pk)).values_list("pk"))
    found = queryset.visible_to(user).filter(pk=_as_uuid(pk)).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found


def _as_uuid(pk: UUID | str) -> UUID:
    try:
        return pk if isinstance(pk, UUID) else UUID(str(pk))
    except ValueError as error:
        raise NotFound(_("Такой записи нет, или она вам не видна.")) from error
