"""The access log: one row for every call of the API, refused ones too.

What is promised. The row is written after the call's own work, in a transaction of its own, before the answer leaves:
a call whose work was rolled back or refused is logged like any other, and whoever got an answer stands in the log,
however the process ends afterwards. Rows of calls that changed something reach the disk before the answer. Those of
reads and refusals are committed without waiting for the disk, which saves the wait for it: only a crash of the database
server itself can lose them, at most the last second's. Where the database takes no row at all the answer leaves all the
same, and the process log says so with the request's id: a log that fails must not shut the bank's systems out.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q, QuerySet

from accounts.access import demand_settings
from accounts.models import ApiCall, User

log = logging.getLogger(__name__)
BATCH = 5_000
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
MOST_BATCHES = 200
COLUMNS = {
    "at": "timestamptz", "user_id": "uuid", "token_key": "varchar", "method": "varchar", "route": "varchar",
    "object_id": "uuid", "status": "smallint", "milliseconds": "int", "size": "int", "ip": "inet",
    "request_id": "varchar",
}  # fmt: skip
_INTO = f"INSERT INTO accounts_apicall ({', '.join(COLUMNS)})"
_VALUES = ", ".join(f"%s::{kind}" for kind in COLUMNS.values())
# The setting holds for this statement's own transaction.
_SOON = "soon AS (SELECT set_config('synchronous_commit', 'off', true))"
_USED = "used AS (UPDATE accounts_apitoken SET last_used_at = %s, last_used_ip = %s::inet WHERE id = %s)"


@dataclass(frozen=True, slots=True)
class Call:
    """What is kept of a call. ``route`` is the template of the address; ``object_id`` the record it named."""

    at: datetime
    user_id: UUID | None
    token_key: str
    method: str
    route: str
    object_id: UUID | None
    status: int
    milliseconds: int
    size: int
    ip: str | None
    request_id: str

    @property
    def changed_something(self) -> bool:
        return self.status < 400 and self.method not in {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page narrows by. ``status`` is the first digit: 2, 3, 4, 5; 0 is any, 9 is everything that failed."""

    since: datetime
    until: datetime | None = None
    account_id: UUID | None = None
    route: str = ""
    status: int = 0


FAILED = 9


@lru_cache(maxsize=512)
def template_of(route: str) -> str:
    """«api/v1/leads/<str:pk>/» of the resolver as «/api/v1/leads/{id}/»."""
    return ("/" + _PARAMETER.sub(lambda found: "{" + found[1] + "}", route).replace("{pk}", "{id}"))[:120]


def write(call: Call, *, used: UUID | None = None) -> None:
    """Keep the call; see the top of the module for what is promised. ``used`` is the token whose use is kept with it.

    All of it is one statement: the log costs a call one round trip.
    """
    before = [_SOON] * (not call.changed_something) + [_USED] * (used is not None)
    sql = (f"WITH {', '.join(before)} " if before else "") + f"{_INTO} SELECT {_VALUES}"
    values = [call.at, call.ip, used] * (used is not None) + [getattr(call, name) for name in COLUMNS]
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql + (" FROM soon" if _SOON in before else ""), values)
    except DatabaseError as error:
        log.error("The access log took no row for request %s: %s", call.request_id, type(error).__name__)


def listed(by: User, asked: Asked) -> "QuerySet[ApiCall]":
    """The calls, newest first. Raises NotAllowed for those who do not read settings."""
    demand_settings(by)
    rows = ApiCall.objects.filter(at__gte=asked.since).select_related("user").order_by("-at", "-id")
    if asked.until is not None:
        rows = rows.filter(at__lt=asked.until)
    if asked.account_id is not None:
        rows = rows.filter(user_id=asked.account_id)
    if asked.route:
        rows = rows.filter(route=asked.route)
    if asked.status == FAILED:
        return rows.filter(status__gte=400)
    if asked.status:
        rows = rows.filter(status__gte=asked.status * 100, status__lt=asked.status * 100 + 100)
    # Said twice where it follows: the index over failures is only taken for its own words.
    return rows.filter(status__gte=400) if asked.status >= 4 else rows


def portion(rows: "QuerySet[ApiCall]", after: tuple[datetime, int] | None, size: int) -> list[ApiCall]:
    """The next ``size`` rows after a row (its moment and id), and one more where there are more."""
    if after is not None:
        at, pk = after
        # The first condition follows from the second, and is the one that an index begins at.
        rows = rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=pk))
    return list(rows[: size + 1])


def sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Delete what is older than ``API_LOG_DAYS``, in batches of their own transactions. Returns how many rows went.

    Safe to repeat; what a tick does not finish the next one does.
    """
    return sum(_deleted(at - timedelta(days=settings.API_LOG_DAYS), batch))


def _deleted(before: datetime, batch: int) -> Iterator[int]:
    for _turn in range(MOST_BATCHES):
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM accounts_apicall WHERE id IN ("
                "SELECT id FROM accounts_apicall WHERE at < %s ORDER BY at LIMIT %s)",
                [before, batch],
            )
            gone: Any = cursor.rowcount
        yield gone
        if gone < batch:
            return
