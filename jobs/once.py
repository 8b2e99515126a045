"""A double press makes one record: the second request gets the first one's answer."""

from uuid import UUID

from django.db import connection

from jobs.models import OnceKey


def claim(*, user_id: UUID, key: str) -> str | None:
    """Claim a form's key inside the deed's transaction.

    Returns None when this request is the first; else the address the first one led to. A second request that
    arrives while the first is at work waits on the unique index until it commits.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jobs_oncekey (user_id, key, location, created_at) VALUES (%s, %s, '', now()) "
            "ON CONFLICT (user_id, key) DO NOTHING",
            [user_id, key[:64]],
        )
        if cursor.rowcount:
            return None
    return OnceKey.objects.get(user_id=user_id, key=key[:64]).location


def remember(*, user_id: UUID, key: str, location: str) -> None:
    OnceKey.objects.filter(user_id=user_id, key=key[:64]).update(location=location[:500])
