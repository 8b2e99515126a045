"""The bank's directory (LDAP) as a second place of passwords: an extra that is read only where LDAP_URL is set."""

import os
from typing import Any

from salescrm.settings.env import Unset, required


def settings_of(url: str) -> dict[str, Any]:
    """The settings of ``django-auth-ldap``. Raises Unset with words an operator can act on.

    The connection is encrypted either way: ``ldaps://``, or StartTLS on ``ldap://``. Nobody is made by it.
    """
    try:
        import ldap
        from django_auth_ldap.config import LDAPSearch
    except ImportError as error:
        raise Unset(
            "LDAP_URL is set, but the package django-auth-ldap is not installed: see docs/operations.md"
        ) from error
    search = LDAPSearch(
        required("LDAP_BASE"),
        ldap.SCOPE_SUBTREE,
        os.environ.get("LDAP_FILTER") or "(&(objectClass=person)(mail=%(user)s))",
    )
    return {
        "AUTH_LDAP_SERVER_URI": url,
        "AUTH_LDAP_START_TLS": url.startswith("ldap://"),
        "AUTH_LDAP_BIND_DN": os.environ.get("LDAP_BIND_DN", ""),
        "AUTH_LDAP_BIND_PASSWORD": os.environ.get("LDAP_BIND_PASSWORD", ""),
        "AUTH_LDAP_USER_SEARCH": search,
        "AUTH_LDAP_USER_QUERY_FIELD": "email",
        "AUTH_LDAP_USER_ATTR_MAP": {},
        "AUTH_LDAP_NO_NEW_USERS": True,
        "AUTH_LDAP_PERMIT_EMPTY_PASSWORD": False,
        "AUTH_LDAP_CONNECTION_OPTIONS": {ldap.OPT_NETWORK_TIMEOUT: 5, ldap.OPT_TIMEOUT: 5, ldap.OPT_REFERRALS: 0},
    }
