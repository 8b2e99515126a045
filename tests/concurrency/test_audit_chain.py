"""Fifty writers at once while the sequencer runs: nothing is left out, nothing looks forged."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction

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


@pytest.mark.parametrize(("elsewhere", "left"), [(True, 0), (False, 1)])
def test_only_who_may_write_here_holds_the_chain_up(office: Office, elsewhere: bool, left: int) -> None:
    """A cluster may have other databases, with transactions of hours. The control: one of ours is waited for."""
    mine = connection.settings_dict["NAME"]
    with psycopg.connect(base_url(), dbname="postgres" if elsewhere else mine) as other:
        other.execute("SELECT pg_current_xact_id()")
        journal.seen(user_id=None, look=Look.CARD, subjects=[uuid4()], fields=[Fields.IDENTITY])
        sequencer.run(at=clock.now())
        assert View.objects.count() - sum(len(one.pks) for one in Segment.objects.filter(table="audit_view")) == left
    sequencer.run(at=clock.now())
    assert verify().unchained == 0


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
