"""Endpoint secrets: made here, kept encrypted under a key that only the running system has."""

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from channels.signing import PREFIX

SECRET_BYTES = 32
_PURPOSE = b"webhooks.endpoint.secret:"


class KeyLost(Exception):
    """The secret was written under another SECRET_KEY: it cannot be read and must be replaced."""


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def seal(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode()


def open_sealed(sealed: str) -> str:
    """Raises KeyLost."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise KeyLost() from error


def _box() -> MultiFernet:
    """Former keys of Django (SECRET_KEY_FALLBACKS) still open what they sealed."""
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str | bytes) -> Fernet:
    raw = key.encode() if isinstance(key, str) else key
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(_PURPOSE + raw).digest()))
