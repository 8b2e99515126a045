"""A restored copy is in quarantine: nothing leaves it until an operator says that it is the bank's system now.

The row that says where the database is at home travels in every backup, so a copy finds itself elsewhere whatever
program loaded it; nobody has to remember to mark it. A cluster brought back from its files keeps its name: there
``manage.py quarantine`` marks it by hand.
"""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from django.db import DatabaseError, connection

from channels.messages import TryLater, Why
from channels.models import Stand

PAUSE_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class State:
    """``quarantined``: nothing leaves. ``sealed``: nobody signs in either, erasures are not made again yet."""

    quarantined: bool = False
    sealed: bool = False


class Quarantined(TryLater):
    """Nothing leaves a copy; it is no fault of the message or of the channel."""

    code: ClassVar[str] = "quarantine"

    def __init__(self) -> None:
        super().__init__(PAUSE_SECONDS, Why.QUARANTINE)


_known = State()


def here() -> str:
    """This cluster and this database, by names that no copy shares."""
    with connection.cursor() as cursor:
        cursor.execute(_here_sql(_may_ask()))
        return str(cursor.fetchone()[0])


def state() -> State:
    """Asked of the database: by whatever sends, before each sending."""
    row = Stand.objects.filter(pk=1).values_list("home", "cleared").first()
    if row is None:
        return State()
    now = here()
    return State(quarantined=row[0] != now, sealed=row[0] != now and row[1] != now)


def demand_open() -> None:
    """The one gate of everything that leaves the house. Raises Quarantined."""
    if state().quarantined:
        raise Quarantined


def known() -> State:
    """As this process last saw it, without a query: for what every page asks."""
    return _known


def look() -> State:
    """Renew what ``known`` answers; a database that is away changes nothing."""
    global _known  # noqa: PLW0603 - one answer per process
    try:
        _known = state()
    except DatabaseError:
        return _known
    return _known


def settle() -> None:
    """Be at home here, where nothing says otherwise yet: a fresh database, before its first backup.

    Web and worker may come first at the same time: the second one's row is passed over, not refused.
    """
    if not Stand.objects.filter(pk=1).exists():
        Stand.objects.bulk_create([Stand(pk=1, home=(now := here()), cleared=now)], ignore_conflicts=True)


def release() -> None:
    """From now on this is the bank's system: what waits leaves."""
    Stand.objects.update_or_create(pk=1, defaults={"home": (now := here()), "cleared": now})
    look()


def begin(*, sealed: bool = True) -> None:
    """Mark a copy that still bears the name of its original: one brought back from files and WAL."""
    Stand.objects.update_or_create(pk=1, defaults={"home": "", "cleared": "" if sealed else here()})
    look()


def unseal() -> None:
    """Erasures are made again: people may sign in and look, nothing leaves yet."""
    Stand.objects.filter(pk=1).update(cleared=here())
    look()


@cache
def _may_ask() -> bool:
    """Some managed servers keep the cluster's number to themselves; then the database's own must do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('pg_control_system()', 'execute')")
        return bool(cursor.fetchone()[0])


def _here_sql(may_ask: bool) -> str:
    number = "(SELECT system_identifier::text FROM pg_control_system())" if may_ask else "'cluster'"
    return f"SELECT {number} || '/' || oid FROM pg_database WHERE datname = current_database()"  # noqa: S608
