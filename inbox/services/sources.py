"""Sources: made, changed, paused. The secret is handed over once, when it is made."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_administrator
from accounts.models import User
from accounts.roles import Role
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid
from common.text import one_line
from inbox.choices import SECRET_OVERLAP, Type
from inbox.models import InboundSource
from webhooks import keys

EDITABLE = frozenset({"name", "code", "account", "types"})
_KEY_BYTES = 12


@dataclass(frozen=True, slots=True)
class Made:
    """``secret`` in plain text, for the one time it is shown."""

    source: InboundSource
    secret: str


@transaction.atomic
def create_source(*, by: User, fields: Mapping[str, Any]) -> Made:
    """Let a system tell us things. Raises Invalid, NotAllowed."""
    demand_administrator(by)
    values = _checked(fields)
    secret = keys.new_secret()
    source = InboundSource(key=secrets.token_hex(_KEY_BYTES), secret=keys.seal(secret), **values)
    try:
        with transaction.atomic():
            source.save(force_insert=True)
    except IntegrityError as error:
        raise _taken() from error
    return Made(source, secret)


@transaction.atomic
def update_source(
    *, source: InboundSource, by: User, changes: Mapping[str, Any], expected_version: int | None = None
) -> InboundSource:
    """Raises Invalid, NotAllowed, StaleVersion."""
    demand_administrator(by)
    current = _locked(source)
    check_version(current, expected_version, changes)
    try:
        with transaction.atomic():
            return save_changes(current, _checked(changes))
    except IntegrityError as error:
        raise _taken() from error


@transaction.atomic
def rotate_secret(*, source: InboundSource, by: User, at: datetime, expected_version: int | None = None) -> Made:
    """A new secret; the former one is believed beside it for a day, so that the sender can change without a gap."""
    demand_administrator(by)
    current = _locked(source)
    check_version(current, expected_version)
    secret = keys.new_secret()
    changes = {"secret": keys.seal(secret), "old_secret": current.secret, "old_secret_until": at + SECRET_OVERLAP}
    return Made(save_changes(current, changes), secret)


@transaction.atomic
def set_active(*, source: InboundSource, by: User, active: bool) -> InboundSource:
    """While a source is paused its messages are sent away to come again: nothing is lost in the sender's queue."""
    demand_administrator(by)
    return save_changes(_locked(source), {"active": active})


def _locked(source: InboundSource) -> InboundSource:
    return InboundSource.objects.select_for_update(no_key=True).get(pk=source.pk)


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Invalid with every error at once."""
    errors, values = [], dict(fields)
    if foreign := sorted(set(fields) - EDITABLE):
        errors += [FieldError(name, "read_only", _("Это поле не меняется.")) for name in foreign]
    if "name" in values:
        values["name"] = one_line(values["name"])
        if not values["name"]:
            errors.append(FieldError("name", "required", _("Назовите систему, например «Телефония».")))
    if "account" in values and (values["account"].role != Role.SERVICE or not values["account"].is_active):
        errors.append(FieldError("account", "invalid", _("Нужна действующая учётная запись системы.")))
    if unknown := sorted(set(values.get("types", ())) - set(Type.values)):
        text = _("Таких сообщений нет: %(names)s.") % {"names": ", ".join(unknown)}
        errors.append(FieldError("types", "invalid_choice", text))
    if errors:
        raise Invalid(errors[0].message, errors)
    return values


def _taken() -> Invalid:
    message = _("Код системы уже занят. Возьмите другой.")
    return Invalid(message, [FieldError("code", "duplicate", message)])
