"""Passwords that a directory (LDAP) knows. Loaded only where LDAP_URL is set; needs ``django-auth-ldap``."""

import socket
import ssl
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import ldap
from django.contrib.auth.backends import ModelBackend
from django.dispatch import receiver
from django.http import HttpRequest
from django_auth_ldap.backend import LDAPBackend, _LDAPUser, ldap_error

from accounts import directory
from accounts.models import User

_GONE = (ldap.SERVER_DOWN, ldap.CONNECT_ERROR, ldap.TIMEOUT, ldap.BUSY, ldap.UNAVAILABLE)
_away: ContextVar[bool] = ContextVar("directory_away", default=False)


@receiver(ldap_error, dispatch_uid="accounts.directory_backend")
def _note(context: str, exception: Exception, **_: Any) -> None:
    """Only noted: an error that is raised here the library would log together with the mail.

    Whatever keeps it from looking for anybody is the directory's fault or the settings', not the person's.
    """
    if context == "search_for_user_dn" or isinstance(exception, _GONE):
        _away.set(True)


def _answers(address: str, patience: float) -> bool:
    """Whether it agrees on TLS in time. The library beneath waits for that without end and keeps a core busy meanwhile
    (seen with libldap 2.5 and a frozen server), so it is not let near a directory that does not.

    Nothing is said here and no certificate is looked at: the library does that.
    """
    parts = urlsplit(address)
    if parts.scheme != "ldaps":
        return True  # StartTLS begins with a question, and that the library asks in time
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection((str(parts.hostname), parts.port or 636), patience) as wire:
            anybody.wrap_socket(wire).close()
    except OSError:
        return False
    return True


class Directory(LDAPBackend):  # type: ignore[misc]
    """Asked after our own passwords, in the same counted guess; people are found by mail and never made."""

    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **credentials: Any
    ) -> User | None:
        """Raises DirectoryAway where it cannot be asked, for a known and an unknown mail alike."""
        if not directory.may_be_asked(email, password):
            return None
        if not _answers(self.settings.SERVER_URI, self.settings.CONNECTION_OPTIONS[ldap.OPT_NETWORK_TIMEOUT]):
            raise directory.DirectoryAway
        _away.set(False)
        asked, found = _LDAPUser(self, username=email.lower(), request=request), None
        if directory.known(email):
            found = self.authenticate_ldap_user(asked, password)
        else:
            # Looked for, so that the answer takes about as long; never asked for his password: nobody of the bank is
            # shut out of its directory by guesses that are made here.
            asked._load_user_dn()
        if _away.get():
            raise directory.DirectoryAway
        return found

    def get_user(self, user_id: UUID) -> User | None:
        """Not the library's: that one lets a closed account go on."""
        found = ModelBackend().get_user(user_id)
        return found if isinstance(found, User) else None
