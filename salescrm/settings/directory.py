"""The bank's directory (LDAP) as a second place of passwords: an extra that is read only where LDAP_URL is set."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from salescrm.settings.env import Unset, required

PATIENCE_SECONDS = 3
"""For each step: to connect, to agree on TLS, to be answered. A person waits for it with his hand on the mouse."""


def settings_of(url: str) -> dict[str, Any]:
    """The settings of ``django-auth-ldap``. Raises Unset with words an operator can act on.

    The connection is encrypted either way: ``ldaps://``, or StartTLS on ``ldap://``. Nobody is made or changed by it.
    """
    try:
        import ldap
        from django_auth_ldap.config import LDAPSearch
    except ImportError as error:
        raise Unset(
            "LDAP_URL is set, but the package django-auth-ldap is not installed: see docs/operations.md"
        ) from error
    address = urlsplit(url)
    if address.scheme not in {"ldap", "ldaps"} or not address.hostname or " " in url:
        raise Unset("LDAP_URL must look like ldaps://directory.bank.uz, or ldap://… (which is made StartTLS)")
    return {
        "AUTH_LDAP_SERVER_URI": url,
        "AUTH_LDAP_START_TLS": address.scheme == "ldap",
        "AUTH_LDAP_BIND_DN": os.environ.get("LDAP_BIND_DN", ""),
        "AUTH_LDAP_BIND_PASSWORD": os.environ.get("LDAP_BIND_PASSWORD", ""),
        "AUTH_LDAP_USER_SEARCH": LDAPSearch(required("LDAP_BASE"), ldap.SCOPE_SUBTREE, _filter(), ["mail"]),
        # Whoever is found is looked up here by the mail that he typed; nothing of the directory is written down.
        "AUTH_LDAP_USER_ATTR_MAP": {},
        "AUTH_LDAP_ALWAYS_UPDATE_USER": False,
        "AUTH_LDAP_NO_NEW_USERS": True,
        "AUTH_LDAP_PERMIT_EMPTY_PASSWORD": False,
        "AUTH_LDAP_CONNECTION_OPTIONS": {
            ldap.OPT_NETWORK_TIMEOUT: PATIENCE_SECONDS, ldap.OPT_TIMEOUT: PATIENCE_SECONDS, ldap.OPT_REFERRALS: 0,
            **_tls(ldap),
        },
    }  # fmt: skip


def _filter() -> str:
    """How a person is found by his mail. Raises Unset: a filter that asks for nobody in particular finds anybody."""
    asked = os.environ.get("LDAP_FILTER") or "(&(objectClass=person)(mail=%(user)s))"
    if "%(user)s" not in asked or "%" in asked.replace("%(user)s", ""):
        raise Unset("LDAP_FILTER must hold %(user)s where the mail goes, and no other %")
    return asked


def _tls(ldap: Any) -> dict[int, Any]:
    """The certificate is always looked at, whatever the machine's own ldap.conf allows. Raises Unset."""
    options: dict[int, Any] = {ldap.OPT_X_TLS_REQUIRE_CERT: ldap.OPT_X_TLS_DEMAND}
    if authority := os.environ.get("LDAP_CA_FILE", ""):
        if not Path(authority).is_file():
            raise Unset("LDAP_CA_FILE: there is no such file; it holds the certificate of the bank's own authority")
        options[ldap.OPT_X_TLS_CACERTFILE] = authority
    # What is above holds from here on: the last of them, or none of them counts.
    return options | {ldap.OPT_X_TLS_NEWCTX: 0}
