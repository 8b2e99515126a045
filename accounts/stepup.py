"""Deeds that ask again who one is: exports, rights, keys, erasure, another's sessions.

A session keeps when its person last proved himself: at sign-in, and on the page that a refusal here leads to. A token
proves itself with every call, so it is never asked.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext as _

from accounts.models import ApiToken
from accounts.session_store import CONFIRMED
from common import clock
from common.errors import Refused

FRESH = timedelta(minutes=15)


class ReauthRequired(Refused):
    """The last proof is older than ``FRESH``. The API answers it as it stands, a page asks and goes on."""

    code: ClassVar[str] = "reauth_required"
    status: ClassVar[int] = 403


def demand(request: Any) -> None:
    """The door: call it in the view, before the deed. Takes Django's request and that of the API.

    Raises ReauthRequired when the session's person proved himself more than 15 minutes ago.
    """
    if isinstance(getattr(request, "auth", None), ApiToken):
        return
    if not is_fresh(request.session, at=clock.now()):
        raise ReauthRequired(_("Подтвердите, что это вы: введите пароль или код. Прошло больше 15 минут."))


def is_fresh(session: SessionBase, *, at: datetime) -> bool:
    """Whether the proof is young enough; without one it is not."""
    kept = session.get(CONFIRMED)
    return isinstance(kept, int | float) and at - datetime.fromtimestamp(kept, at.tzinfo) < FRESH


def confirmed(session: SessionBase, *, at: datetime) -> None:
    """The person has just proved himself."""
    session[CONFIRMED] = at.timestamp()
