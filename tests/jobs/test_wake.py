"""Waking a worker is a hint: the page does not wait for it, and the duty does not hang on it."""

import socket
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from common import clock
from jobs import services
from jobs.models import Job
from salescrm.celery import app
from salescrm.timetable import TIMETABLE
from tests.jobs.desk import owe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
PATIENCE = 2.0


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Lets a test put the broker elsewhere; afterwards hints go where they went before."""
    yield monkeypatch
    app.pool.force_close_all()
    monkeypatch.undo()
    app._pool = app.amqp._producer_pool = None


def _at(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setattr(app.conf, "broker_url", f"redis://127.0.0.1:{port}/0")
    app._pool = app.amqp._producer_pool = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _owed_in() -> float:
    started = time.monotonic()
    with transaction.atomic():
        owe("letter", "survives")
    return time.monotonic() - started


def test_a_dead_broker_costs_less_than_two_seconds_and_no_duty(broker: pytest.MonkeyPatch) -> None:
    _at(broker, _free_port())
    assert _owed_in() < PATIENCE
    assert Job.objects.get().dedupe_key == "survives"


def test_a_broker_that_hangs_does_not_hang_the_page(broker: pytest.MonkeyPatch) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        _at(broker, int(silent.getsockname()[1]))
        assert _owed_in() < PATIENCE
    assert Job.objects.get().dedupe_key == "survives"


def test_a_broker_that_is_there_gets_one_hint_for_many_duties(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr("jobs.tasks.drain.apply_async", lambda **options: sent.append(options))
    with transaction.atomic():
        owe("letter", "one")
        owe("letter", "two")
    assert len(sent) == 1


@pytest.mark.parametrize(("ahead", "hints"), [(-60, 1), (0, 1), (3, 1), (60, 0), (86_400, 0)])
def test_a_hint_is_sent_only_for_what_falls_due_before_the_next_tick(
    monkeypatch: pytest.MonkeyPatch, ahead: int, hints: int
) -> None:
    sent: list[object] = []
    monkeypatch.setattr("jobs.tasks.drain.apply_async", lambda **options: sent.append(options))
    owe("letter", "later", late=-timedelta(seconds=ahead))
    assert len(sent) == hints


def test_one_duty_due_now_among_many_of_tomorrow_wakes_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr("jobs.tasks.drain.apply_async", lambda **options: sent.append(options))
    now = clock.now()
    services.owe([services.Duty("letter", f"day-{n}", {}, now + timedelta(days=n)) for n in (2, 1, 0)])
    assert len(sent) == 1


def test_soon_is_the_period_of_beats_tick() -> None:
    assert services.SOON.total_seconds() == TIMETABLE["work-off-due-jobs"]["schedule"]


def test_no_hint_is_sent_for_what_was_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr("jobs.tasks.drain.apply_async", lambda **options: sent.append(options))
    with transaction.atomic():
        owe("letter", "one")
        transaction.set_rollback(True)
    assert sent == []
    assert services.lease_one() is None
