"""Deeds on people and teams. Only an administrator does them; the callers' faces hold no rule."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.access import demand_administrator
from accounts.models import Language, Team, Theme, User
from accounts.roles import Role
from accounts.scope import subtree
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, Refused
from common.text import one_line


class EmailTaken(Refused):
    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409


class TeamCycle(Refused):
    """A team cannot stand below itself."""

    code: ClassVar[str] = "team_cycle"


@transaction.atomic
def create_user(*, by: User, email: str, name: str, role: str, team: Team | None, password: str | None) -> User:
    """Make a colleague; without a password he cannot sign in until he is given one.

    Raises EmailTaken, Invalid (weak password, a role that needs a team).
    """
    demand_administrator(by)
    _demand_team(role, team)
    if password is not None:
        _check_password(password, User(email=email, name=name))
    try:
        with transaction.atomic():
            return User.objects.create_user(email=email, name=name, role=role, team=team, password=password)
    except IntegrityError as error:
        message = _("Сотрудник с такой почтой уже есть. Найдите его в списке.")
        raise EmailTaken(message, [FieldError("email", "duplicate", message)]) from error


@transaction.atomic
def update_user(*, user: User, by: User, changes: Mapping[str, Any], expected_version: int | None = None) -> User:
    """Change a colleague's name, role, team or right to sign in. Work and history stay where they are.

    Raises Invalid (no team where the role needs one, one's own role), StaleVersion.
    """
    demand_administrator(by)
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    check_version(locked, expected_version, changes)
    _demand_team(changes.get("role", locked.role), changes.get("team", locked.team))
    if locked.pk == by.pk and (changes.get("role", locked.role) != locked.role or changes.get("is_active") is False):
        raise Invalid(_("Свою роль и свой вход меняет другой администратор."))
    role_goes, shut = changes.get("role", locked.role) != locked.role, changes.get("is_active") is False
    saved = save_changes(locked, changes)
    if role_goes or shut:
        sessions.end_all(saved.pk)
    return saved


@transaction.atomic
def update_preferences(*, user: User, changes: Mapping[str, Any]) -> User:
    """What everyone chooses for himself: name, language, time zone, theme, keys. Raises Invalid.

    An unknown zone must not get in: every page of its owner would fail to tell the time.
    """
    allowed = {"name", "language", "timezone", "theme", "keys_enabled"}
    wanted = {name: value for name, value in changes.items() if name in allowed}
    known = {"timezone": available_timezones(), "language": set(Language.values), "theme": set(Theme.values)}
    wrong = [name for name, values in known.items() if name in wanted and wanted[name] not in values]
    if "name" in wanted:
        wanted["name"] = one_line(wanted["name"])
        wrong += [] if wanted["name"] else ["name"]
    if wrong:
        message = _("Выберите из списка.") if wrong != ["name"] else _("Напишите, как вас зовут.")
        raise Invalid(message, [FieldError(name, "invalid", message) for name in wrong])
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return save_changes(locked, wanted)


@transaction.atomic
def put_off_first_steps(*, user: User, at: datetime | None) -> User:
    """Offer the first steps no more; without ``at`` offer them again. Said twice it keeps the first moment."""
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if at is not None and locked.first_steps_skipped_at is not None:
        return locked
    return save_changes(locked, {"first_steps_skipped_at": at})


@transaction.atomic
def reset_password(*, user: User, by: User, password: str) -> User:
    """Give a colleague a new first password; whoever is signed in under the old one is out. Raises Invalid."""
    demand_administrator(by)
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _check_password(password, locked)
    locked.set_password(password)
    locked.save(update_fields=["password", "updated_at"])
    sessions.end_all(locked.pk)
    return locked


@transaction.atomic
def choose_password(*, user: User, password: str) -> User:
    """The person himself chooses a new one, by the link that was sent to him. His sessions end, the second factor
    stays as it is. Raises Invalid."""
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _check_password(password, locked)
    locked.set_password(password)
    locked.save(update_fields=["password", "updated_at"])
    sessions.end_all(locked.pk)
    return locked


@transaction.atomic
def create_team(*, by: User, name: str, parent: Team | None = None) -> Team:
    demand_administrator(by)
    try:
        with transaction.atomic():
            return Team.objects.create(name=_team_name(name), parent=parent)
    except IntegrityError as error:
        raise _team_exists() from error


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
    wanted = dict(changes) | ({"name": _team_name(changes["name"])} if "name" in changes else {})
    try:
        with transaction.atomic():
            return save_changes(locked, wanted)
    except IntegrityError as error:
        raise _team_exists() from error


def _team_name(name: str) -> str:
    words = one_line(name)
    if not words:
        message = _("Назовите команду.")
        raise Invalid(message, [FieldError("name", "required", message)])
    return words


def _team_exists() -> Invalid:
    message = _("Команда с таким названием уже есть.")
    return Invalid(message, [FieldError("name", "duplicate", message)])


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(_("Пароль не подходит."), [FieldError("password", "weak", m) for m in error.messages]) from error


def _demand_team(role: str, team: Team | None) -> None:
    if team is None and role not in {Role.ADMINISTRATOR, Role.AUDITOR, Role.SERVICE}:
        message = _("Выберите команду: без неё сотрудник не увидит ничьей работы.")
        raise Invalid(message, [FieldError("team", "required", message)])
