"""A duty for which one waiting row is enough, however often it is asked for: recounts after each of many deeds."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from common.ids import uuid7
from jobs.services import Duty, owe

_WAITING = """
SELECT 1 FROM jobs_job WHERE state = 'ready' AND dedupe_key LIKE %s LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""


class _Held:
    """What this transaction has seen to already: a hook that does nothing but stay until it ends or is undone."""

    def __init__(self) -> None:
        self.groups: dict[str, tuple[str, ...]] = {}

    def __call__(self) -> None:
        return


def owe_once(*, kind: str, group: str, payload: dict[str, Any], at: datetime, delay: timedelta) -> None:
    """Owe a duty in the caller's transaction unless one of its group waits already.

    A waiting one is locked until the transaction ends, so that it cannot start before what was changed is there to
    be seen; one that a worker is just taking does not count, and another is owed. ``group`` holds no «%» or «_».
    """
    held, depth = _held(), _savepoints()
    if (since := held.groups.get(group)) is not None and depth[: len(since)] == since:
        return
    held.groups[group] = depth
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [f"{group}:%"])
        waiting = cursor.fetchone() is not None
    if not waiting:
        owe([Duty(kind, f"{group}:{uuid7()}", payload, at + delay)])


def _held() -> _Held:
    """This transaction's; one that a savepoint took with it when it was rolled back is gone with its hook."""
    hooks = (hook for _savepoints, hook, _robust in transaction.get_connection().run_on_commit)
    found = next((hook for hook in hooks if isinstance(hook, _Held)), None)
    if found is None:
        found = _Held()
        transaction.on_commit(found)
    return found


def _savepoints() -> tuple[str, ...]:
    """Savepoints that stand open: what was owed inside one that is gone by now may have been rolled back with it."""
    return tuple(str(name) for name in transaction.get_connection().savepoint_ids)
