"""What PostgreSQL itself says of who waits for whom: no test here sleeps and hopes."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

PATIENCE = 20.0


def until(holds: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """The first true answer. Fails with ``what`` when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := holds():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not in {seconds:.0f} s: {what}")


def asked(query: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())


def waiting_in(statement: str) -> list[int]:
    """Backends of this base that wait for a lock within a statement holding these words."""
    rows = asked(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' "
        "AND query LIKE %s AND pid <> pg_backend_pid()",
        [f"%{statement}%"],
    )
    return [pid for (pid,) in rows]


def advisory(key: int) -> tuple[int, int]:
    """How many hold an advisory lock of one number, and how many wait for it."""
    rows = asked(
        "SELECT count(*) FILTER (WHERE granted), count(*) FILTER (WHERE NOT granted) FROM pg_locks "
        "WHERE locktype = 'advisory' AND classid = 0 AND objid = %s AND objsubid = 1 "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        [key],
    )
    return rows[0][0], rows[0][1]
