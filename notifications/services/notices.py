"""Ringing the bell, and reading it. What leaves the house for a line is written down together with the line."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from notifications.models import Mute, Notice
from notifications.services.sending import send_out


@transaction.atomic
def notify(
    *,
    user_id: UUID,
    kind: str,
    key: str,
    at: datetime,
    lead_id: UUID | None = None,
    facts: dict[str, Any] | None = None,
    by_id: UUID | None = None,
) -> bool:
    """Put a line into somebody's bell, and on its ways out as he chose. Returns whether it is new.

    The same ``key`` again changes nothing. Nobody is told of what he did himself (``by_id``), nor once he may no
    longer sign in. Of a lead that he muted the line comes read already and leaves by no way.
    """
    if user_id == by_id:
        return False
    muted = Exists(Mute.objects.filter(user=OuterRef("pk"), lead=lead_id))
    people = User.objects.select_related("notification_settings", "telegram_link").annotate(muted=muted)
    user = people.filter(pk=user_id, is_active=True).first()
    if user is None:
        return False
    read_at = at if user.muted else None
    row = Notice(user=user, kind=kind, key=key[:200], lead_id=lead_id, facts=facts or {}, at=at, read_at=read_at)
    Notice.objects.bulk_create([row], ignore_conflicts=True)
    if not Notice.objects.filter(pk=row.pk).exists():
        return False
    if not user.muted:
        send_out(notice=row, user=user, at=at)
    return True


def mark_read(*, user: User, at: datetime, ids: list[UUID] | None = None) -> int:
    """Mark one's own lines as read (all of them without ``ids``). Returns how many changed."""
    rows = Notice.objects.filter(user=user, read_at__isnull=True)
    return (rows if ids is None else rows.filter(pk__in=ids)).update(read_at=at)
