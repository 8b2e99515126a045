"""The journal of views at ten million entries: the auditor's questions, the chain's speed, the cost of an entry."""

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Team, User
from accounts.roles import Role
from audit import journal, reading, sequencer
from audit.choices import Fields, Look
from audit.models import Reach, View
from audit.reading import Asked
from audit.verifying import verify
from common import clock

VIEWS, CLIENTS, PEOPLE, CHAINED = 10_000_000, 300_000, 500, 200_000
THREE_YEARS = timedelta(days=3 * 366)
_INDEXES = ("view_subjects", "view_by_person", "view_by_time")
_FILL = """
INSERT INTO audit_view (at, user_id, token_key, look, route, object_id, fields, subjects, purpose, ip, request_id)
SELECT %(since)s::timestamptz + n * %(step)s::interval, md5('u' || (n * 7919 %% %(people)s))::uuid, '',
       CASE WHEN n %% 5 = 0 THEN 'list' ELSE 'card' END, 'leads:card', NULL, '{identity,contacts,work}',
       CASE WHEN n %% 5 = 0 THEN ARRAY(SELECT md5('c' || ((n * 7 + k * 104729) %% %(clients)s))::uuid
                                      FROM generate_series(1, 10) k)
            ELSE ARRAY[md5('c' || (n * 31 %% %(clients)s))::uuid] END,
       '', '10.0.0.1', md5(n::text)
  FROM generate_series(%(first)s, %(last)s) n
"""


def run() -> Iterable[dict[str, Any]]:
    auditor = User.objects.create_user(
        "audit@bank.test", None, name="Bench", role=Role.AUDITOR, team=Team.objects.create(name="Bench")
    )
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET maintenance_work_mem = '1GB'")
    yield {"figure": "filled", "views": VIEWS, "seconds": round(_timed(_fill), 1), "gigabytes": _size()}
    yield from _questions(auditor)
    yield from _chain()
    yield {"figure": "one entry", "milliseconds": round(statistics.median(_entries()) * 1000, 2)}
    _empty()


def _fill() -> None:
    """With the indexes made afterwards: a bulk load says nothing of what one entry costs."""
    step, now, portion = THREE_YEARS / VIEWS, clock.now(), VIEWS // 10
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(_INDEXES)])
        made = [row[0] for row in cursor.fetchall()]
        for name in _INDEXES:
            cursor.execute(f"DROP INDEX {name}")
        for first in range(1, VIEWS, portion):
            given: dict[str, Any] = {
                "since": now - THREE_YEARS, "step": step, "people": PEOPLE, "clients": CLIENTS, "first": first,
                "last": first + portion - 1,
            }  # fmt: skip
            cursor.execute(_FILL, given)
        for definition in made:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE audit_view")


def _questions(by: User) -> Iterator[dict[str, Any]]:
    now = clock.now()
    clients, people = [_uuid(f"c{n * 997}") for n in range(20)], [_uuid(f"u{n * 7}") for n in range(20)]
    whole, month, week = now - THREE_YEARS, now - timedelta(days=30), now - timedelta(days=7)

    def saw(pk: UUID) -> int:
        return len(reading.portion(reading.views(by, Asked(whole, now, subjects=(pk,))), None, 50))

    def did(since: Any) -> Callable[[UUID], int]:
        return lambda pk: len(reading.portion(reading.views(by, Asked(since, now, user_id=pk)), None, 50))

    def read(pk: UUID) -> int:
        return len(reading.people_seen(reading.views(by, Asked(month, now, user_id=pk))))

    for figure, ask, of in (
        ("who saw a client in three years", saw, clients), ("what a person looked at in a week", did(week), people),
        ("what a person looked at in three years", did(whole), people),
        ("everybody whom a person saw in a month", read, people),
    ):  # fmt: skip
        took = sorted(_timed(lambda pk=pk, ask=ask: ask(pk)) * 1000 for pk in of)  # type: ignore[misc]
        yield {
            "figure": figure, "asked": len(of), "rows": sum(map(ask, of[:3])),
            "median_ms": round(statistics.median(took), 1), "worst_ms": round(took[-1], 1),
        }  # fmt: skip


def _chain() -> Iterator[dict[str, Any]]:
    """The newest of the rows: the older ones are told to be chained already, and go."""
    top = View.objects.latest("pk").pk
    Reach.objects.create(table="audit_view", done=top - CHAINED, mark=top, mark_xid=0)
    done = 0
    started = time.perf_counter()
    while done < CHAINED:
        done += sequencer.run(at=clock.now())
    seconds = time.perf_counter() - started
    yield {"figure": "chained", "rows": done, "per_second": round(done / seconds)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('audit_segment')")
        yield {"figure": "bytes of chain a row", "bytes": round(cursor.fetchone()[0] / done, 1)}
        cursor.execute("SET audit.may_change = 'on'")
        cursor.execute("DELETE FROM audit_view WHERE id <= %s", [top - CHAINED])
        cursor.execute("SET audit.may_change = ''")
    started = time.perf_counter()
    report = verify()
    seconds = time.perf_counter() - started
    yield {"figure": "verified", "rows": report.rows, "per_second": round(report.rows / seconds),
           "faults": len(report.faults)}  # fmt: skip


def _entries() -> Iterator[float]:
    subjects = [_uuid(f"c{n}") for n in range(50)]
    for _turn in range(200):
        with journal.looking(journal.Looking(look=Look.LIST, route="leads:list")) as one:
            for subject in subjects:
                one.note(subject, Fields.IDENTITY)
        yield _timed(one.write)


def _uuid(text: str) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5(%s)::uuid", [text])
        found: UUID = cursor.fetchone()[0]
        return found


def _size() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('audit_view') / 1e9")
        return round(float(cursor.fetchone()[0]), 2)


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _empty() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_view, audit_segment, audit_reach, audit_anchoring")
        cursor.execute("TRUNCATE accounts_user, accounts_team CASCADE")
