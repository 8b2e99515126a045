"""Passkeys: what a browser is asked for, and whether its answer is good. The arithmetic is fido2's, by way of allauth.

The challenge is kept in the session and used up by the first answer, good or not.
"""

import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import FieldError, Invalid
from common.text import one_line


def offer(user: User) -> str:
    """What the browser needs to make a passkey for this person, as JSON."""
    return json.dumps(dict(auth.begin_registration(user, True)))


def made(given: str) -> dict[str, Any]:
    """The passkey that the browser made. Raises Invalid."""
    credential = _read(given)
    try:
        auth.parse_registration_response(credential)
        binding = auth.complete_registration(credential)
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise refused() from error
    finally:
        auth.clear_state()
    if not binding.is_user_verified():
        raise refused()
    return credential


def ask(user: User | None = None) -> str:
    """What the browser needs to sign with a passkey, as JSON: of this person, or of whomever it finds."""
    return json.dumps(dict(auth.begin_authentication(user)))


def whose(given: str) -> User | None:
    """Whom the answer names; nothing of it is believed before ``answered``."""
    try:
        found = auth.extract_user_from_response(_read(given))
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError, Invalid):
        return None
    return found if isinstance(found, User) and found.is_active else None


def answered(user: User, given: str) -> Authenticator | None:
    """The passkey that signed; None where the answer is not good."""
    try:
        credential = _read(given)
        auth.parse_authentication_response(credential)
        return auth.complete_authentication(user, credential)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError, Invalid):
        return None
    finally:
        auth.clear_state()


def verified(given: str) -> bool:
    """Whether the device itself asked who holds it (finger, face, PIN)."""
    try:
        data = auth.parse_authentication_response(_read(given)).response.authenticator_data
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError, Invalid):
        return False
    return bool(data.is_user_verified())


LONGEST_NAME = 60


def name_of(given: str, number: int) -> str:
    """What the person calls the key, or its number. Raises Invalid for a name that does not fit."""
    name = one_line(given)
    if len(name) > LONGEST_NAME:
        message = _("Длиннее %(limit)s знаков. Сократите.") % {"limit": LONGEST_NAME}
        raise Invalid(message, [FieldError("name", "too_long", message)])
    return name or _("Ключ %(number)s") % {"number": number}


def refused() -> Invalid:
    message = _("Ключ доступа не подошёл. Попробуйте ещё раз или войдите другим способом.")
    return Invalid(message, [FieldError("credential", "mismatch", message)])


def _read(given: str) -> dict[str, Any]:
    try:
        found = json.loads(given[:20_000])
    except ValueError as error:
        raise refused() from error
    if not isinstance(found, dict):
        raise refused()
    return found
