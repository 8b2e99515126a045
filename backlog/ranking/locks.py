"""Who may recount at once: everybody's run stands alone; owners' runs go side by side, each owner's one by one.

Locks of PostgreSQL, held until the transaction ends: a worker that dies lets go of them.
"""

from uuid import UUID

from django.db import connection

_ROOM = 0x52414E4B  # «RANK», so that no other advisory lock meets these


def patient() -> None:
    """Long statements and short waits: a web request's limits are not meant for counting millions of rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '240s'")
        cursor.execute("SET LOCAL lock_timeout = '30s'")


def alone() -> None:
    """Wait until nobody ranks and let nobody in. Raises OperationalError after half a minute."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ROOM])


def one_owner(owner_id: UUID) -> None:
    """Wait for another run of the same owner and for everybody's. Raises OperationalError after half a minute."""
    key = int.from_bytes(owner_id.bytes[-4:], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s), pg_advisory_xact_lock(%s, %s)", [_ROOM, _ROOM, key])
