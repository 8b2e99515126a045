"""Who is signed in, where, since when; and ending that. A session that is ended is refused from the next request on."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import QuerySet

from accounts.access import demand_administrator, demand_settings
from accounts.models import Session, User

_TOUCH = timedelta(minutes=1)


def own(user: User, *, at: datetime) -> "QuerySet[Session]":
    """The person's living sessions, the last used first."""
    return Session.objects.filter(user=user, expire_date__gt=at).order_by("-seen_at")


def of_person(by: User, person: User, *, at: datetime) -> "QuerySet[Session]":
    """Another's sessions, for those who read settings. Raises NotAllowed."""
    demand_settings(by)
    return own(person, at=at)


def touch(session: SessionBase, *, at: datetime, address: str | None, device: str) -> None:
    """Keep that the session was used, at most once a minute; the row alone, so that no parallel save is undone."""
    row: Session | None = getattr(session, "row", None)
    if row is None or row.user_id is None or at - row.seen_at < _TOUCH:
        return
    changes: dict[str, Any] = {"seen_at": at, "address": address, "device": device[:200]}
    Session.objects.filter(pk=row.pk).update(**changes)
    for name, value in changes.items():
        setattr(row, name, value)


def end(*, user: User, ref: UUID) -> int:
    """End one of one's own sessions; one that is over already is no error. Returns how many ended."""
    return Session.objects.filter(user=user, ref=ref).delete()[0]


@transaction.atomic
def end_by(*, by: User, person: User, ref: UUID | None = None) -> int:
    """An administrator ends a colleague's session, or all of them. Returns how many ended. Raises NotAllowed."""
    demand_administrator(by)
    rows = Session.objects.filter(user=person)
    return (rows if ref is None else rows.filter(ref=ref)).delete()[0]


def end_all(user_id: UUID, *, but: str | None = None) -> int:
    """All of a person's sessions, but the one of this key. Inside the caller's transaction."""
    return Session.objects.filter(user_id=user_id).exclude(session_key=but or "").delete()[0]


def sweep(*, at: datetime) -> int:
    """Rows that no browser can use any more. Safe to repeat."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]
