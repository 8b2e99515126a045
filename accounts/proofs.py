"""How a signed-in person proves himself again: by the password, by a code of the second factor, by a passkey."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import directory, guesses, passkeys, second_factor, stepup
from accounts.models import User
from accounts.session_store import METHOD
from common import clock


@dataclass(frozen=True, slots=True)
class Ways:
    """What this person has to prove himself by. ``sso``: only by signing in again at the bank's own service."""

    password: bool
    code: bool
    key: str
    sso: bool


def ways(request: HttpRequest) -> Ways:
    user = cast("User", request.user)
    kept = second_factor.standing(user) if user.second_factor_at else None
    keys = bool(kept and kept.keys)
    return Ways(
        password=user.has_usable_password() or directory.is_asked(),
        code=bool(kept and kept.on),
        key=passkeys.ask(user) if keys else "",
        sso=request.session.get(METHOD) == "sso",
    )


def confirm(request: HttpRequest, user: User, given: Mapping[str, Any]) -> str:
    """Look at what was given; keep that it was right. Returns what is wrong, "" when nothing is.

    Raises TooManyGuesses: five wrong proofs are answered, whatever they are.
    """
    at = clock.now()
    taken = guesses.take_of_one("proof", str(user.pk), at=at)
    if code := str(given.get("code", "")):
        right, wrong = bool(second_factor.code_passes(user, code, at=at)), _("Код не подошёл. Введите новый.")
    elif credential := str(given.get("credential", "")):
        right, wrong = passkeys.answered(user, credential) is not None, passkeys.refused().message
    else:
        right, wrong = _password_passes(request, user, str(given.get("password", "")))
    if not right:
        return wrong
    taken.was_right()
    stepup.confirmed(request.session, at=at)
    return ""


def _password_passes(request: HttpRequest, user: User, password: str) -> tuple[bool, str]:
    """By ours, or by that of the bank's directory where one is asked; and what to say if neither is right."""
    try:
        right = user.check_password(password) or directory.knows(request, user, password)
    except directory.DirectoryAway as away:
        return False, away.message
    return right, _("Пароль не подходит. Проверьте раскладку и Caps Lock.")
