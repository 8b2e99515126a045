"""Deeds on people and teams. Only an administrator does them; the callers' faces hold no rule."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_administrator
from accounts.models import Team, User
from accounts.roles import Role
from accounts.scope import subtree
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, Refused


class EmailTaken(Refused):
    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409


class TeamCycle(Refused):
    """A team cannot stand below itself."""

    code: ClassVar[str] = "team_cycle"


@transaction.atomic
def create_user(*, by: User, email: str, name: str, role: str, team: Team | None, password: str) -> User:
    """Make a colleague. Raises EmailTaken, Invalid (weak password, a role that needs a team)."""
    demand_administrator(by)
    _demand_team(role, team)
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise Invalid(_("Пароль не подходит."), [FieldError("password", "weak", m) for m in error.messages]) from error
    try:
        with transaction.atomic():
            return User.objects.create_user(email=email, name=name, role=role, team=team, password=password)
    except IntegrityError as error:
        message = _("Сотрудник с такой почтой уже есть. Найдите его в списке.")
        raise EmailTaken(message, [FieldError("email", "duplicate", message)]) from error


@transaction.atomic
def update_user(*, user: User, by: User, changes: Mapping[str, Any], expected_version: int | None = None) -> User:
    """Change a colleague's name, role, team or right to sign in. Work and history stay where they are."""
    demand_administrator(by)
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    check_version(locked, expected_version, changes)
    _demand_team(changes.get("role", locked.role), changes.get("team", locked.team))
    if locked.pk == by.pk and (changes.get("role", locked.role) != locked.role or changes.get("is_active") is False):
        raise Invalid(_("Свою роль и свой вход меняет другой администратор."))
    return save_changes(locked, changes)


@transaction.atomic
def update_preferences(*, user: User, changes: Mapping[str, Any]) -> User:
    """What everyone chooses for himself: name, language, time zone, theme, keys."""
    allowed = {"name", "language", "timezone", "theme", "keys_enabled"}
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return save_changes(locked, {name: value for name, value in changes.items() if name in allowed})


@transaction.atomic
def create_team(*, by: User, name: str, parent: Team | None = None) -> Team:
    demand_administrator(by)
    try:
        with transaction.atomic():
            return Team.objects.create(name=name, parent=parent)
    except IntegrityError as error:
        message = _("Команда с таким названием уже есть.")
        raise Invalid(message, [FieldError("name", "duplicate", message)]) from error


@transaction.atomic
def update_team(*, team: Team, by: User, changes: Mapping[str, Any], expected_version: int | None = None) -> Team:
    """Rename a team or hang it elsewhere. Raises TeamCycle, StaleVersion.

    The tree is locked as a whole: two moves at once could otherwise close a ring that neither sees.
    """
    demand_administrator(by)
    list(Team.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    locked = Team.objects.get(pk=team.pk)
    check_version(locked, expected_version, changes)
    parent = changes.get("parent", locked.parent)
    if parent is not None and parent.pk in subtree(locked.pk):
        message = _("Команда не может входить сама в себя. Выберите другую.")
        raise TeamCycle(message, [FieldError("parent", "cycle", message)])
    return save_changes(locked, changes)


def _demand_team(role: str, team: Team | None) -> None:
    if team is None and role not in {Role.ADMINISTRATOR, Role.AUDITOR, Role.SERVICE}:
        message = _("Выберите команду: без неё сотрудник не увидит ничьей работы.")
        raise Invalid(message, [FieldError("team", "required", message)])
