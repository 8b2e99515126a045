"""Changing the schema while people work: wait shortly for a lock, give way, and come back."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)
LOCK_SECONDS = 2.0
ATTEMPTS = 20
LONGEST_PAUSE = 15.0
LOCK_NOT_AVAILABLE = "55P03"
_LINE = 7_203_441
"""The advisory lock that keeps two who migrate apart."""
_HALVES = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT i.indisvalid AND n.nspname = 'public'
"""


def patiently(
    work: Callable[[], None], *, attempts: int = ATTEMPTS, say: Callable[[str], None] = log.warning, pause: float = 1.0
) -> None:
    """Do it; where a lock is not to be had within ``LOCK_SECONDS``, let everybody pass and try again.

    A migration that waits for a lock makes all who come after it wait too: better it gives way. Raises what it was
    refused with at the last attempt.
    """
    for attempt in range(1, attempts + 1):
        try:
            work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE or attempt == attempts:
                raise
            wait = min(pause * 2 ** (attempt - 1), LONGEST_PAUSE)
            say(f"Somebody holds a lock: attempt {attempt} of {attempts} gave way, the next in {wait:g} s")
            time.sleep(wait)
        else:
            return


@contextmanager
def short_locks(connection: BaseDatabaseWrapper, *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Wait for no lock longer than so; work as long as it takes."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET lock_timeout = {int(seconds * 1000)}; SET statement_timeout = 0; "
            "SET idle_in_transaction_session_timeout = 0"
        )
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout; RESET statement_timeout; RESET idle_in_transaction_session_timeout")


@contextmanager
def alone(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Of two who migrate at once the second waits its turn, then finds nothing to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LINE])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LINE])


def drop_halves(connection: BaseDatabaseWrapper) -> list[str]:
    """An index whose concurrent building was killed stays behind half made, slows writes and stops the next try.
    Call it alone. Returns what was dropped."""
    with connection.cursor() as cursor:
        cursor.execute(_HALVES)
        found: list[Any] = [name for (name,) in cursor.fetchall()]
        for name in found:
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    return found
