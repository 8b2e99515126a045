"""Making endpoints and changing them. The secret is handed over once, when it is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from channels import addresses
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid
from common.text import one_line
from webhooks import keys, schedule
from webhooks.access import demand_manager, get_endpoint_for
from webhooks.catalogue import TYPES
from webhooks.choices import EndpointState, Stop
from webhooks.models import Endpoint
from webhooks.querysets import PING
from webhooks.recording import record_ping

MOST_ENDPOINTS = 200
EDITABLE = frozenset({"url", "description", "types", "account", "owner"})


@dataclass(frozen=True, slots=True)
class Made:
    """``secret`` in plain text, for the one time it is shown."""

    endpoint: Endpoint
    secret: str


@transaction.atomic
def create_endpoint(
    *, by: User, url: str, account: User, types: Sequence[str] = (), description: str = "", owner: User | None = None
) -> Made:
    """Register an address. It hears of what happens from now on, as far as ``account`` sees it.

    Raises Invalid (address, types, account), NotAllowed.
    """
    demand_manager(by, account)
    fields = _checked(
        {"url": url, "types": types, "description": description, "account": account, "owner": owner}, by=by
    )
    if Endpoint.objects.count() >= MOST_ENDPOINTS:
        message = _("Вебхуков уже %(limit)s. Отключённые можно переиспользовать.") % {"limit": MOST_ENDPOINTS}
        raise Invalid(message, [FieldError("url", "too_many", message)])
    secret = keys.new_secret()
    return Made(Endpoint.objects.create(secret=keys.seal(secret), **fields), secret)


@transaction.atomic
def update_endpoint(
    *, endpoint: Endpoint, by: User, changes: Mapping[str, Any], expected_version: int | None = None
) -> Endpoint:
    """Change address, types, account or owner. Raises Invalid, NotAllowed, StaleVersion."""
    current = _held(endpoint, by)
    check_version(current, expected_version, changes)
    if foreign := sorted(set(changes) - EDITABLE):
        message = _("Это поле меняется другим действием.")
        raise Invalid(message, [FieldError(name, "read_only", message) for name in foreign])
    if "account" in changes:
        demand_manager(by, changes["account"])
    return save_changes(current, _checked(changes, by=by))


@transaction.atomic
def rotate_secret(*, endpoint: Endpoint, by: User, at: datetime, expected_version: int | None = None) -> Made:
    """A new secret; the former one signs beside it for a day, so that the receiver can change without a gap."""
    current = _held(endpoint, by)
    check_version(current, expected_version)
    secret = keys.new_secret()
    changes = {
        "secret": keys.seal(secret),
        "old_secret": current.secret,
        "old_secret_until": at + schedule.SECRET_OVERLAP,
    }
    return Made(save_changes(current, changes), secret)


@transaction.atomic
def set_state(*, endpoint: Endpoint, by: User, state: str, expected_version: int | None = None) -> Endpoint:
    """Pause, disable, or put to work again; the health starts anew. The same state again changes nothing."""
    current = _held(endpoint, by)
    if current.state == state:
        return current
    check_version(current, expected_version)
    if state not in EndpointState.values:
        message = _("Такого состояния нет.")
        raise Invalid(message, [FieldError("state", "invalid_choice", message)])
    why = "" if state == EndpointState.ACTIVE else Stop.BY_HAND
    Endpoint.objects.filter(pk=current.pk).update(failures=0, failing_since=None, quiet_until=None)
    return save_changes(current, {"state": state, "stopped_why": why})


@transaction.atomic
def ping(*, endpoint: Endpoint, by: User, at: datetime) -> None:
    """Send a test event to this endpoint alone. Raises Invalid while it does not work."""
    current = _held(endpoint, by)
    if not current.is_active:
        message = _("Сначала возобновите доставку: на паузе ничего не отправляется.")
        raise Invalid(message, [FieldError("state", "not_active", message)])
    record_ping(PING, endpoint_id=current.pk, at=at, by_id=by.pk)


def _held(endpoint: Endpoint, by: User) -> Endpoint:
    current = get_endpoint_for(by, endpoint.pk, lock=True)
    demand_manager(by, current.account)
    return current


def _checked(given: Mapping[str, Any], *, by: User) -> dict[str, Any]:
    """The fields as they are kept. Raises Invalid with every error at once."""
    fields, errors = dict(given), list[FieldError]()
    if "url" in fields:
        errors += _url_errors(str(fields["url"]))
    if "types" in fields:
        fields["types"] = sorted(set(fields["types"]))
        if unknown := sorted(set(fields["types"]) - TYPES.keys()):
            message = _("Нет такого события: %(names)s.") % {"names": ", ".join(unknown)[:200]}
            errors.append(FieldError("types", "invalid_choice", message))
    if "description" in fields:
        fields["description"] = one_line(fields["description"])[:200]
    account, owner = fields.get("account"), fields.get("owner")
    if account is not None and (account.role != Role.SERVICE or not account.is_active):
        errors.append(FieldError("account", "not_a_service", _("Выберите действующую учётную запись системы.")))
    if owner is not None and (owner.role == Role.SERVICE or not owner.is_active):
        errors.append(FieldError("owner", "not_a_person", _("Письма о сбоях получает сотрудник.")))
    if errors:
        raise Invalid(errors[0].message, errors)
    return fields


def _url_errors(url: str) -> list[FieldError]:
    try:
        addresses.check_resolved(addresses.target_of(url, settings.WEBHOOK_HOSTS))
    except addresses.BadAddress as error:
        return [FieldError("url", error.code, error.message)]
    return []
