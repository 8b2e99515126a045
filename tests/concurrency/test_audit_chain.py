"""Fifty writers at once while the sequencer runs: nothing is left out, nothing looks forged."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from threading import Event
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from audit import journal, sequencer
from audit.choices import Fields, Look
from audit.models import Reach, Segment, View
from audit.verifying import verify
from common import clock
from tests.faults.processes import base_url
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
WRITERS, EACH = 50, 12


def write(number: int) -> None:
    """Every third entry is rolled back, and every fifth commits late: later ids are there before it."""
    try:
        for turn in range(EACH):
            with transaction.atomic():
                journal.seen(user_id=None, look=Look.CARD, subjects=[uuid4()], fields=[Fields.IDENTITY])
                if (number + turn) % 5 == 0:
                    time.sleep(0.01)
                if (number + turn) % 3 == 0:
                    transaction.set_rollback(True)
    finally:
        connection.close()


def chain(over: Event) -> int:
    total = 0
    try:
        while not over.is_set():
            total += sequencer.run(at=clock.now())
        return total + sequencer.run(at=clock.now())
    finally:
        connection.close()


def test_fifty_writers_leave_an_unbroken_chain(office: Office) -> None:
    over = Event()
    with ThreadPoolExecutor(WRITERS + 1) as threads:
        chaining = threads.submit(chain, over)
        started = time.perf_counter()
        for done in [threads.submit(write, number) for number in range(WRITERS)]:
            done.result()
        seconds = time.perf_counter() - started
        over.set()
        chaining.result()
    sequencer.run(at=clock.now())
    kept = View.objects.count()
    print(f"{kept} entries of {WRITERS} writers in {seconds:.1f} s: {kept / seconds:.0f} a second")
    report = verify()
    assert report.faults == []
    sealed = Segment.objects.filter(table="audit_view")
    assert (sum(len(one.pks) for one in sealed), report.unchained) == (kept, 0)
    assert 0 < kept < WRITERS * EACH


@pytest.mark.parametrize(("foreign", "left"), [(True, 0), (False, 1)])
def test_only_who_may_write_here_holds_the_chain_up(office: Office, foreign: bool, left: int) -> None:
    """A cluster may have other databases, with transactions of hours. The control: one of ours is waited for."""
    mine = connection.settings_dict["NAME"]
    with psycopg.connect(base_url(), dbname="postgres" if foreign else mine) as other:
        other.execute("SELECT pg_current_xact_id()")
        journal.seen(user_id=None, look=Look.CARD, subjects=[uuid4()], fields=[Fields.IDENTITY])
        sequencer.run(at=clock.now())
        assert View.objects.count() - sum(len(one.pks) for one in Segment.objects.filter(table="audit_view")) == left
    sequencer.run(at=clock.now())
    assert verify().unchained == 0


@pytest.mark.parametrize(("together", "left_out"), [(False, 0), (True, 1)])
def test_whoever_begins_to_write_while_rows_are_sealed_is_waited_for(
    office: Office, monkeypatch: pytest.MonkeyPatch, together: bool, left_out: int
) -> None:
    """The control: a mark set by the transaction that sealed before has a number older than writers below the mark."""
    look_at(1)
    began, over = Event(), Event()
    if together:
        monkeypatch.setattr(sequencer, "_seal", in_one(sequencer._seal, sequencer._mark))
        monkeypatch.setattr(sequencer, "_mark", lambda: None)
    sequencer.run(at=clock.now())
    look_at(1)
    with ThreadPoolExecutor(1) as threads:
        late: list[Future[None]] = []

        def meanwhile(cursor: CursorWrapper) -> dict[str, int]:
            if Segment.objects.filter(table="audit_view").count() == 2 and not late:
                late.append(threads.submit(slow_look, began, over))
                assert began.wait(20)
                elsewhere(look_at, 1)
            return plain(cursor)

        plain = sequencer._highest
        monkeypatch.setattr(sequencer, "_highest", meanwhile)
        for _turn in range(2):
            sequencer.run(at=clock.now())
        over.set()
        late[0].result()
    sequencer.run(at=clock.now())
    found = [fault.what for fault in verify().faults]
    assert len(found) == left_out
    assert all("put in afterwards" in what for what in found)


def look_at(times: int) -> None:
    for _ in range(times):
        journal.seen(user_id=None, look=Look.CARD, subjects=[uuid4()], fields=[Fields.IDENTITY])


def slow_look(began: Event, over: Event) -> None:
    try:
        with transaction.atomic():
            look_at(1)
            began.set()
            over.wait(20)
    finally:
        connection.close()


def elsewhere(deed: Callable[[int], None], times: int) -> None:
    """By a connection of its own, done when this returns."""

    def run() -> None:
        try:
            deed(times)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        threads.submit(run).result()


def in_one(seal: Callable[..., int], mark: Callable[[], None]) -> Callable[..., int]:
    @transaction.atomic
    def both(at: datetime) -> int:
        total = seal(at)
        mark()
        return total

    return both


def test_a_sequencer_that_trusted_the_highest_id_would_leave_one_out(office: Office) -> None:
    """The control: chained up to the newest id while an older one is not committed, the late row looks put in."""
    journal.seen(user_id=None, look=Look.CARD, subjects=[uuid4()], fields=[Fields.IDENTITY])
    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        journal.seen(user_id=None, look=Look.CARD, subjects=[uuid4()], fields=[Fields.IDENTITY])

        def naive() -> None:
            try:
                journal.seen(user_id=None, look=Look.CARD, subjects=[uuid4()], fields=[Fields.IDENTITY])
                top = View.objects.latest("pk").pk
                Reach.objects.create(table="audit_view", mark=top, mark_xid=0)
                sequencer.run(at=clock.now())
            finally:
                connection.close()

        threads.submit(naive).result()
    assert "put in afterwards" in verify().faults[0].what
