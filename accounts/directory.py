"""What is asked of a directory (LDAP) before it is asked anything: words that cannot become part of a question."""

import re
from typing import ClassVar

from django.conf import settings
from django.contrib.auth import load_backend
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from common.errors import Refused

BACKEND = "accounts.directory_backend.Directory"
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}")


class DirectoryAway(Refused):
    """The directory did not answer, or did not let us look for anybody: neither right nor wrong."""

    code: ClassVar[str] = "directory_away"
    status: ClassVar[int] = 503
    retry_after: ClassVar[int] = 60

    def __init__(self) -> None:
        super().__init__(_("Каталог учётных записей банка не отвечает. Повторите через минуту."))


def is_asked() -> bool:
    return bool(settings.LDAP_URL)


def may_be_asked(mail: str, password: str) -> bool:
    """A plain mail and a password that is not empty: empty is an anonymous bind, which directories call right."""
    return bool(_MAIL.fullmatch(mail)) and bool(password) and "\0" not in password


def known(mail: str) -> bool:
    """Only people of this house are asked about; the directory makes nobody."""
    return User.objects.filter(email=mail.lower(), is_active=True).exclude(role=Role.SERVICE).exists()


def knows(request: HttpRequest, user: User, password: str) -> bool:
    """Whether this is the person's password there. Raises DirectoryAway; never where no directory is asked."""
    return is_asked() and load_backend(BACKEND).authenticate(request, email=user.email, password=password) == user
