"""The journal of views: one row for every answer that showed personal data.

How it is known what an answer showed. Models that hold personal data say so (``@personal``); while a request is being
answered, every row of theirs that is read from the database is noted, and the middleware writes one entry once the
answer is made. So a new page or resource is journalled without a word of its own, and none can forget to. What is
read past the models (raw SQL, ``values``) is told by ``note``. A walk over all addresses proves that nothing is missed.

What is promised. Loading counts as showing: the journal may name somebody of whom a page showed no more than a number,
and never leaves out anybody whom it showed. Entries hold ids, never values. The entry is written when the request's
work is over, in a transaction of its own, before the answer leaves. Those of exports, prints, files and revealed fields
reach the disk first; those of pages and calls are committed without waiting for it: a crash of the database server
itself can lose the last second's. Where the database takes no entry the answer leaves all the same, and the process log
says so with the request's id.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, connection

from audit.choices import Fields, Look
from common import clock
from common.middleware import request_id

log = logging.getLogger(__name__)
MOST = 1_000
"""Subjects of one entry; a longer export leaves several."""
_HASTY = frozenset({Look.CARD, Look.LIST, Look.SEARCH, Look.API})
COLUMNS = {
    "at": "timestamptz", "user_id": "uuid", "token_key": "varchar", "look": "varchar", "route": "varchar",
    "object_id": "uuid", "fields": "varchar[]", "subjects": "uuid[]", "purpose": "varchar", "ip": "inet",
    "request_id": "varchar",
}  # fmt: skip
_INSERT = f"INSERT INTO audit_view ({', '.join(COLUMNS)}) "
_VALUES = "SELECT " + ", ".join(f"%s::{kind}" for kind in COLUMNS.values())
# The setting holds for this statement's own transaction.
_SOON = "WITH soon AS (SELECT set_config('synchronous_commit', 'off', true)) "


@dataclass(slots=True)
class Looking:
    """What one request has come to see so far, and who is asking from where."""

    at: datetime = field(default_factory=clock.now)
    user_id: UUID | None = None
    token_key: str = ""
    look: str = Look.CARD
    route: str = ""
    object_id: UUID | None = None
    purpose: str = ""
    ip: str | None = None
    # Taken now: a stream is written when the request is over.
    request: str = field(default_factory=request_id.get)
    chosen: str = ""
    """The kind of look, where the view said it itself."""
    fields: set[str] = field(default_factory=set)
    subjects: dict[UUID, None] = field(default_factory=dict)

    def note(self, subject: UUID | None, of: str) -> None:
        if subject is not None:
            self.subjects[subject] = None
            self.fields.add(of)

    def write(self) -> None:
        """An entry for what was noted since the last one; none where that is nothing."""
        found, self.subjects = list(self.subjects), {}
        for start in range(0, len(found), MOST):
            _insert(self, found[start : start + MOST])


_open: ContextVar[Looking | None] = ContextVar("looking", default=None)


@contextmanager
def looking(one: Looking) -> Iterator[Looking]:
    """Whatever personal data is read inside is noted in ``one``."""
    token = _open.set(one)
    try:
        yield one
    finally:
        _open.reset(token)


def current() -> Looking | None:
    return _open.get()


def note(subjects: Iterable[UUID | None], of: Fields) -> None:
    """Note what was read past the models. Outside of a request it does nothing: jobs show nobody anything."""
    if (one := _open.get()) is not None:
        for subject in subjects:
            one.note(subject, of)


def look_as(look: Look, *, purpose: str = "") -> None:
    """Say what kind of look this answer is, where the address does not tell: a print, a search; and what it is for."""
    if (one := _open.get()) is not None:
        one.chosen, one.purpose = look, (purpose or one.purpose)[:200]


def seen(
    *,
    user_id: UUID | None,
    look: Look,
    subjects: Iterable[UUID],
    fields: Iterable[Fields],
    purpose: str = "",
    route: str = "",
    object_id: UUID | None = None,
    at: datetime | None = None,
) -> None:
    """An entry at once, in the caller's transaction: for a hidden field that is about to be shown, or a file that a job
    has made for somebody. From where is taken from the request, where there is one. Idempotent it is not: a second
    look is a second entry."""
    around = _open.get()
    one = Looking(
        at=at or clock.now(), user_id=user_id, look=look, object_id=object_id, purpose=purpose[:200],
        route=route or (around.route if around else ""), ip=around.ip if around else None,
        token_key=around.token_key if around else "", fields=set(fields), subjects=dict.fromkeys(subjects),
    )  # fmt: skip
    one.write()


def _insert(one: Looking, subjects: list[UUID]) -> None:
    soon = one.look in _HASTY and not connection.in_atomic_block
    values = [
        one.at, one.user_id, one.token_key, one.look, one.route[:80], one.object_id, sorted(one.fields), subjects,
        one.purpose, one.ip, one.request[:64],
    ]  # fmt: skip
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                _SOON + _INSERT + _VALUES + " FROM soon" if soon else _INSERT + _VALUES,
                values,
            )
    except DatabaseError as error:
        if connection.in_atomic_block:
            raise
        log.error("The journal of views took no entry for request %s: %s", request_id.get(), type(error).__name__)
