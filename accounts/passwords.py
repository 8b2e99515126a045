"""A forgotten password: whether a letter is owed, and what its link proves.

The link's secret is a digest over what a new password changes: it works once, for an hour, and is kept nowhere.
"""

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction

from accounts.events import PasswordForgotten
from accounts.models import User
from accounts.roles import Role
from common import clock
from common.events import publish


class _Links(PasswordResetTokenGenerator):
    """By the clock of this house: Django's own hour hangs on the zone of the process."""

    def _now(self) -> datetime:
        return clock.now().replace(tzinfo=None)


_links = _Links()


@transaction.atomic
def forgotten(*, mail: str, at: datetime) -> None:
    """Owe a letter to the open account of this mail; for any other mail do nothing, and say nothing of it."""
    user = User.objects.filter(email=mail.lower(), is_active=True).exclude(role=Role.SERVICE).first()
    if user is not None:
        publish(PasswordForgotten(user_id=user.pk, at=at))


def link_for(user: User) -> str:
    """The address by which this person chooses a new password; made when the letter is written."""
    key = f"{user.pk.hex}-{_links.make_token(user)}"
    return f"{settings.PUBLIC_URL}/login/forgotten/{quote(key)}/"


def owner_of(key: str) -> User | None:
    """Whose link this is; None when it is used, old, or no link of ours."""
    named, _dash, token = str(key).partition("-")
    try:
        user = User.objects.filter(pk=UUID(named), is_active=True).exclude(role=Role.SERVICE).first()
    except ValueError:
        return None
    return user if user is not None and _links.check_token(user, token) else None
