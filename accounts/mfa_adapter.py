"""What allauth's second factor asks about this house: how secrets are sealed, what the passkey is for."""

import base64
import hashlib
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _

_PURPOSE = b"accounts.second_factor:"


class Sealed(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of apps stand in the database sealed under SECRET_KEY; former keys still open what they sealed."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return str(_("CRM продаж"))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": str(_("CRM продаж"))}

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        return str(user.email)  # type: ignore[attr-defined]

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: notices are the house's own."""


def _box() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str | bytes) -> Fernet:
    raw = key.encode() if isinstance(key, str) else key
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(_PURPOSE + raw).digest()))
