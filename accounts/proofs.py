"""How a signed-in person proves himself again: by the password, by a code of the second factor, by a passkey."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import stepup
from accounts.models import User
from common import clock


@dataclass(frozen=True, slots=True)
class Ways:
    """What this person has to prove himself by."""

    password: bool


def ways(request: HttpRequest) -> Ways:
    return Ways(password=request.user.has_usable_password())


def confirm(request: HttpRequest, user: User, given: Mapping[str, Any]) -> str:
    """Look at what was given; keep that it was right. Returns what is wrong, "" when nothing is."""
    if not user.check_password(str(given.get("password", ""))):
        return _("Пароль не подходит. Проверьте раскладку и Caps Lock.")
    stepup.confirmed(request.session, at=clock.now())
    return ""
