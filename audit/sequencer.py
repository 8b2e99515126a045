"""Chaining what was committed: one worker at a time, apart from the transactions that wrote it.

Ids are taken before their transactions commit, so a lower one may appear after a higher one. A table is therefore
chained up to a mark only when every transaction that was under way when the mark was set is over (``Reach``): from then
on no row up to the mark can appear but one that somebody slipped in, and that the chain tells.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from audit import keys
from audit.models import Reach, Segment, SegmentKind
from audit.rows import Table, tables, texts, use_canonical_zone

log = logging.getLogger(__name__)
SEGMENT = 1_000
MOST_SEGMENTS = 200
"""Of one run: what a backlog leaves over is the next run's."""
_LOCK = 0x41554449  # «AUDI», so that no other advisory lock meets it
_OLDEST_RUNNING = """
WITH elsewhere AS MATERIALIZED (
    SELECT l.transactionid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
      AND a.datid <> (SELECT oid FROM pg_database WHERE datname = current_database())
)
SELECT coalesce(min(running.number), max(pg_snapshot_xmax(pg_current_snapshot())))::text::bigint
FROM (SELECT) one LEFT JOIN pg_snapshot_xip(pg_current_snapshot()) running(number)
    ON NOT EXISTS (SELECT FROM elsewhere WHERE transactionid = running.number::xid)
    AND pg_xact_status(running.number) = 'in progress'
"""


@dataclass
class Head:
    """The end of the chain while links are added. Held under the lock of ``alone``."""

    at: datetime
    n: int = 0
    link: bytes = b""
    rows: list[Segment] = field(default_factory=list)

    @classmethod
    def read(cls, at: datetime) -> "Head":
        last = Segment.objects.order_by("-n").only("n", "link").first()
        return cls(at, last.n, bytes(last.link)) if last else cls(at)

    def add(
        self, kind: str, table: str, columns: Sequence[str], pks: list[int], digests: bytes, note: dict[str, Any]
    ) -> None:
        key = keys.current()
        self.n += 1
        parts = (self.n, self.at, kind, table, list(columns), pks, note)
        self.link = keys.link(key, self.link, parts=parts, digests=digests)
        self.rows.append(
            Segment(
                n=self.n, at=self.at, kind=kind, table=table, columns=list(columns), pks=pks, digests=digests,
                note=note, key=keys.mark_of(key), link=self.link,
            )
        )  # fmt: skip

    def save(self) -> None:
        Segment.objects.bulk_create(self.rows)
        self.rows = []


def alone(cursor: CursorWrapper, *, wait: bool) -> bool:
    """Whether this transaction may add links now; nobody else does until it ends."""
    if wait:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        return True
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
    return bool(cursor.fetchone()[0])


def run(*, at: datetime) -> int:
    """Chain what is settled, then set new marks and chain what is settled by those. Returns how many rows."""
    total = 0
    for _turn in range(2):
        total += _seal(at)
        _mark()
    _tidy()
    return total


@transaction.atomic
def _seal(at: datetime) -> int:
    with connection.cursor() as cursor:
        if not alone(cursor, wait=False):
            return 0
        use_canonical_zone(cursor)
        reach = {row.table: row for row in Reach.objects.all()}
        head, settled = Head.read(at), _oldest_running(cursor)
        ready = [
            row for row in reach.values() if row.done < row.mark and row.mark_xid <= settled and row.table in tables()
        ]
        total = sum(_chain(cursor, head, tables()[row.table], row) for row in ready)
        head.save()
    return total


def _chain(cursor: CursorWrapper, head: Head, table: Table, reach: Reach) -> int:
    key, total = keys.current(), 0
    while reach.done < reach.mark and len(head.rows) < MOST_SEGMENTS:
        found = texts(cursor, table, above=reach.done, upto=reach.mark, most=SEGMENT)
        if found:
            digests = b"".join(keys.digest(key, table.name, text) for _pk, text in found)
            head.add(SegmentKind.ROWS, table.name, table.columns, [pk for pk, _text in found], digests, {})
        total += len(found)
        reach.done = found[-1][0] if len(found) == SEGMENT else reach.mark
    Reach.objects.filter(pk=reach.pk).update(done=reach.done)
    return total


@transaction.atomic
def _mark() -> None:
    """For tables that are chained up to their mark, and have more by now: a new mark, then the number of a
    transaction (this one) that is younger than any that wrote up to it.

    That is true only of a transaction that has written nothing yet: one that had chained before would have got its
    number then, and whoever began to write in the meantime, below the mark, would not be waited for. So this is never
    done together with ``_seal``. Marks of a cluster that this database was copied from are set again: its transactions
    had other numbers."""
    with connection.cursor() as cursor:
        if alone(cursor, wait=False):
            _set_marks(cursor, {row.table: row for row in Reach.objects.all()})


def _set_marks(cursor: CursorWrapper, reach: dict[str, Reach]) -> None:
    highest = _highest(cursor)
    cursor.execute("SELECT pg_current_xact_id()::text::bigint")
    xid = int(cursor.fetchone()[0])
    rows = []
    for name, top in highest.items():
        row = reach.get(name) or Reach(table=name)
        if (row.done >= row.mark and top > row.mark) or row.mark_xid > xid:
            row.mark, row.mark_xid = max(top, row.mark), xid
            rows.append(row)
    Reach.objects.bulk_create(rows, update_conflicts=True, unique_fields=["table"], update_fields=["mark", "mark_xid"])


def _highest(cursor: CursorWrapper) -> dict[str, int]:
    """The highest id of every table: an index's end each, one query for all."""
    parts = [
        sql.SQL("SELECT {name}, max({key}) FROM {table}").format(
            name=sql.Literal(table.name), key=sql.Identifier(table.key), table=sql.Identifier(table.name)
        )
        for table in tables().values()
    ]
    cursor.execute(sql.SQL(" UNION ALL ").join(parts).as_string(None))
    return {name: top for name, top in cursor.fetchall() if top is not None}


def _oldest_running(cursor: CursorWrapper) -> int:
    """The oldest transaction that may still write here; where there is none, the next one's number. A snapshot knows
    those of the whole cluster: whoever is seen at work in another database, or is over by the time its locks are
    asked for, does not hold the chain up. In doubt (just begun, prepared, without a database) it counts as ours."""
    cursor.execute(_OLDEST_RUNNING)
    return int(cursor.fetchone()[0])


def _tidy() -> None:
    """Move the newest views from the index's waiting list into the index, so that no request has to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_tidy()")
