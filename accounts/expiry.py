"""Warnings that a token ends: 30, 7 and 1 days before, each once."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.events import TokenExpiring
from accounts.models import ApiToken, User
from accounts.roles import Role
from common.events import publish

WARNINGS = (1, 7, 30)
"""Days before the end, the most urgent first."""


def warned_from_the_start(life: timedelta) -> int | None:
    """What counts as said already: of a token for five days nobody is told that it ends within a month."""
    return next((days for days in WARNINGS if life <= timedelta(days=days)), None)


@transaction.atomic
def warn(*, at: datetime) -> int:
    """Tell of the tokens that end soon; returns how many were told of.

    Safe to repeat and to run twice at once: a row is locked while it is told of, and remembers what was said. After a
    pause of the timetable only the most urgent of the missed warnings is given.
    """
    ending = ApiToken.objects.filter(
        revoked_at=None, user__is_active=True, expires_at__gt=at, expires_at__lte=at + timedelta(days=max(WARNINGS))
    ).exclude(warned_days=min(WARNINGS))
    rows = ending.select_related("user").select_for_update(of=("self",), skip_locked=True)
    return sum(_told(token, at) for token in rows.order_by("expires_at", "pk"))


def _told(token: ApiToken, at: datetime) -> bool:
    days = next(days for days in WARNINGS if token.expires_at <= at + timedelta(days=days))
    if token.warned_days is not None and token.warned_days <= days:
        return False
    ApiToken.objects.filter(pk=token.pk).update(warned_days=days)
    publish(
        TokenExpiring(
            token.pk, token.user_id, token.user.name, token.key, token.expires_at, days, _concerned(token), at
        )
    )
    return True


def _concerned(token: ApiToken) -> tuple[UUID, ...]:
    people = User.objects.filter(Q(role=Role.ADMINISTRATOR) | Q(pk=token.created_by_id), is_active=True)
    return tuple(people.exclude(role=Role.SERVICE).order_by("pk").values_list("pk", flat=True))
