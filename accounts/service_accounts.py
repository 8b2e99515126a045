"""Service accounts: under whose name the bank's systems call. Each sees a team with all below it, or the whole bank."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import demand_administrator, demand_settings
from accounts.models import ApiToken, Team, User
from accounts.roles import Role
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, NotFound
from common.ids import uuid7
from common.text import one_line

M = TypeVar("M")
MOST_CALLS = 100_000
FIELDS = frozenset({"name", "team", "is_active", "rate_limit"})


def listed(by: User) -> "QuerySet[User]":
    """All service accounts, those that work first. Raises NotAllowed for those who do not read settings."""
    demand_settings(by)
    return User.objects.filter(role=Role.SERVICE).select_related("team").order_by("-is_active", "name", "pk")


def get_account(by: User, pk: Any) -> User:
    """Raises NotFound, NotAllowed."""
    return _found(listed(by).filter(pk=pk).first())


def get_token(by: User, pk: Any) -> ApiToken:
    """A token of any account. Raises NotFound, NotAllowed."""
    demand_settings(by)
    return _found(ApiToken.objects.select_related("user", "created_by").filter(pk=pk).first())


@transaction.atomic
def create(*, by: User, name: str, team: Team | None = None, rate_limit: int | None = None) -> User:
    """Make an account; it calls as soon as it has a token. Raises Invalid (no name, taken, a limit out of range)."""
    demand_administrator(by)
    return _created(_name(name), team, _limit(rate_limit))


@transaction.atomic
def update(*, account: User, by: User, changes: Mapping[str, Any], expected_version: int | None = None) -> User:
    """Change name, team, limit, or whether it may call at all. Shut, it is refused from the next call on; its tokens
    work again when it is opened. Raises Invalid, StaleVersion."""
    demand_administrator(by)
    wanted = {name: value for name, value in changes.items() if name in FIELDS}
    if "name" in wanted:
        wanted["name"] = _name(wanted["name"])
    if "rate_limit" in wanted:
        wanted["rate_limit"] = _limit(wanted["rate_limit"])
    locked = User.objects.select_for_update(no_key=True).get(pk=account.pk, role=Role.SERVICE)
    check_version(locked, expected_version, changes)
    try:
        with transaction.atomic():
            return save_changes(locked, wanted)
    except IntegrityError as error:
        raise _taken() from error


def get_or_create(*, name: str, team: Team | None) -> User:
    """The account of this name, for the operator's command. Raises Invalid where it sees another team."""
    existing = User.objects.filter(name__iexact=one_line(name), role=Role.SERVICE).first()
    if existing is None:
        return _created(_name(name), team, None)
    if team is not None and existing.team_id != team.pk:
        message = _("Учётная запись уже есть и видит другую команду. Возьмите другое имя.")
        raise Invalid(message, [FieldError("account", "other_team", message)])
    return existing


def _created(name: str, team: Team | None, rate_limit: int | None) -> User:
    # An address that nobody can have: signing in by e-mail finds no way here, and no letter leaves for it.
    email = f"{uuid7().hex}@service.invalid"
    try:
        with transaction.atomic():
            return User.objects.create_user(email=email, name=name, role=Role.SERVICE, team=team, rate_limit=rate_limit)
    except IntegrityError as error:
        raise _taken() from error


def _name(name: str) -> str:
    words = one_line(name)
    if not words:
        message = _("Назовите систему: «АБС», «Сайт», «Телефония».")
        raise Invalid(message, [FieldError("name", "required", message)])
    return words


def _limit(given: int | None) -> int | None:
    if given is not None and not 1 <= given <= MOST_CALLS:
        message = _("От 1 до %(most)s обращений в минуту.") % {"most": MOST_CALLS}
        raise Invalid(message, [FieldError("rate_limit", "range", message)])
    return given


def _taken() -> Invalid:
    message = _("Система с таким именем уже есть.")
    return Invalid(message, [FieldError("name", "duplicate", message)])


def _found(row: M | None) -> M:
    if row is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return row
