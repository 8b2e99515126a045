"""A worker that is asked to stop, as at every upgrade: what ends in its grace is done, the rest is another's at once.

A real Celery worker with a pool of three; its grace is two seconds instead of eight, its leases are as long as always.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from common import clock
from jobs import services, stopping, tasks
from jobs.models import Job, JobState
from jobs.registry import Kind
from runner.processes import Child, Program
from tests.faults.broker import broker
from tests.faults.processes import ROOT, environment
from tests.faults.watching import until
from tests.jobs.desk import effect, effects, kinds, owe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
_WORKER = """
import sys, time
import django
django.setup()
from celery.signals import worker_ready
from django.db import connection
from jobs import registry, services, stopping, tasks
from jobs.keeping import kept
from jobs.registry import Kind
from salescrm.celery import app
from tests.jobs.desk import effect

def short(run):
    effect("short")(run)
    time.sleep(1)

def in_sql(run):
    effect("in_sql")(run)
    connection.cursor().execute("SELECT pg_sleep(100)")

def in_python(run):
    with kept(run):
        time.sleep(100)
    effect("in_python")(run)

registry.install({"short": Kind(short), "in_sql": Kind(in_sql), "in_python": Kind(in_python, atomic=False)})
if "careless" in sys.argv:
    stopping.tell, services._hand_back = lambda: None, lambda run: None
worker_ready.connect(lambda **_: [tasks.drain.apply_async() for _n in range(3)], weak=False)
app.conf.worker_soft_shutdown_timeout = 2
app.worker_main(["worker", "--concurrency", "3", "--loglevel", "INFO"])
"""


@contextmanager
def a_pool_at_work(folder: Path, *arguments: str) -> Iterator[Child]:
    """Its three processes hold a job each; a fourth job waits."""
    for number, kind in enumerate(("in_sql", "in_python", "short", "short")):
        owe(kind, f"{number}:{kind}")
    with broker() as redis:
        program = Program(
            name="worker", command=(sys.executable, "-c", _WORKER, *arguments), log=folder / "worker.log",
            env=environment(REDIS_URL=redis.url, REMAP_SIGTERM="SIGQUIT"), cwd=ROOT, stop_signal=signal.SIGTERM,
            expendable=True,
        )  # fmt: skip
        child = Child(program)
        try:
            until(lambda: Job.objects.filter(state=JobState.LEASED).count() == 3, "all are at work", 120)
            yield child
        finally:
            child.kill()


def found() -> dict[str, tuple[str, int]]:
    """State and attempts of each job."""
    rows = Job.objects.exclude(kind__startswith="effect").values_list("dedupe_key", "state", "attempts")
    return {key: (state, attempts) for key, state, attempts in rows}


def test_a_worker_that_is_asked_to_stop_ends_what_it_can_and_hands_back_the_rest(tmp_path: Path) -> None:
    with a_pool_at_work(tmp_path) as child:
        child.stop()
        assert child.exit_code() is not None
    log = (tmp_path / "worker.log").read_text()
    assert found() == {
        "0:in_sql": ("ready", 0), "1:in_python": ("ready", 0), "2:short": ("done", 1), "3:short": ("ready", 0),
    }, log  # fmt: skip
    assert not Job.objects.exclude(lease_until=None, lease_token=None).exists()
    with kinds(**{name: Kind(effect(name)) for name in ("short", "in_sql", "in_python")}):
        tasks.drain()
    assert set(found().values()) == {("done", 1)}, "another does it at once, and what the first had written is gone"
    assert {name: effects(name) for name in ("in_sql", "in_python", "short")} == {
        "in_sql": 1, "in_python": 1, "short": 2,
    }  # fmt: skip


def test_without_the_word_and_the_handing_back_all_would_wait_for_the_leases_end(tmp_path: Path) -> None:
    """The negative control: Celery's own stop, in the same worker."""
    with a_pool_at_work(tmp_path, "careless") as child:
        child.stop()
    states = found()
    assert states["3:short"] == ("done", 1), "it took a further job while it was stopping"
    assert [states["0:in_sql"], states["1:in_python"]] == [("leased", 1), ("leased", 1)]
    assert not Job.objects.filter(state=JobState.LEASED, lease_until__lt=clock.now()).exists()
    with kinds(in_sql=Kind(effect("in_sql")), in_python=Kind(effect("in_python"))):
        assert services.run_one() is False


def test_a_process_that_was_told_takes_nothing_until_the_next_worker_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_told", bytearray(1))
    owe("letter", "welcome")
    with kinds(letter=Kind(effect("letter"))):
        stopping.tell()
        tasks.drain()
        assert found() == {"welcome": ("ready", 0)}
        monkeypatch.setattr(stopping, "_told", bytearray(1))
        tasks.drain()
    assert found() == {"welcome": ("done", 1)}
