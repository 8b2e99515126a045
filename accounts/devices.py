"""The mark that a browser keeps of whoever signed in on it: a known device is not locked out by a stranger's guesses.

It opens nothing: it only says by which count a wrong password is counted (``accounts.guesses``).
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User

LIFE = timedelta(days=180)
_SALT = "accounts.device"


def cookie_name() -> str:
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """The person has signed in: keep that he is known here. The device of one person is named anew for another."""
    name = known(request, user) or secrets.token_hex(8)
    response.set_cookie(
        cookie_name(), signing.dumps([str(user.pk), name], salt=_SALT), max_age=LIFE, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def known(request: HttpRequest, user: User | None) -> str:
    """The name of this device, where this person signed in on it; else ""."""
    try:
        pk, name = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=_SALT, max_age=LIFE)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(name) if user is not None and pk == str(user.pk) else ""
