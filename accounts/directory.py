"""What is asked of a directory (LDAP) before it is asked anything: words that cannot become part of a question."""

import re

from accounts.models import User
from accounts.roles import Role

_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}")
_SPECIAL = {"\\": r"\5c", "*": r"\2a", "(": r"\28", ")": r"\29", "\0": r"\00"}


def may_be_asked(mail: str, password: str) -> bool:
    """A plain mail and a password that is not empty: empty is an anonymous bind, which directories call right."""
    return bool(_MAIL.fullmatch(mail)) and bool(password) and "\0" not in password


def known(mail: str) -> bool:
    """Only people of this house are asked about; the directory makes nobody."""
    return User.objects.filter(email=mail.lower(), is_active=True).exclude(role=Role.SERVICE).exists()


def escaped(value: str) -> str:
    """A value as it may stand in a search filter (RFC 4515)."""
    return "".join(_SPECIAL.get(sign, sign) for sign in value)
