"""Redis frozen, then killed, then back: people work on as if nothing had happened, and what was owed is done once.

A real worker and two real beats stand at a Redis of the test's own. Six seconds stand for two minutes; the long form is
``FAULTS_OUTAGE_SECONDS=120``.
"""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from redis import Redis
from redis.exceptions import RedisError

from backlog.models import ActionResult, LeadScore, RankRun
from backlog.ranking.duties import owe_recount
from common import clock
from jobs import services
from jobs.models import Job, JobState
from leads.models import Lead
from leads.services.editing import plan_next_step
from notifications.choices import NoticeKind
from notifications.models import Notice
from runner.processes import Child
from runner.programs import Programs
from salescrm.celery import app
from tests.faults.broker import Broker, broker
from tests.faults.processes import ROOT, environment
from tests.faults.watching import until
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
OUTAGE_SECONDS = float(os.environ.get("FAULTS_OUTAGE_SECONDS") or "6")
PATIENCE_SECONDS = 4.0
"""How long a page or a deed may take at most while Redis takes connections and says nothing."""
RECOVERY_SECONDS = 60.0
PAGES = ("today:page", "week:now", "leads:list", "leads:board", "notifications:list", "health-ready")


def _publish_to(url: str) -> str:
    """Send this process's hints there; returns where they went before."""
    before: str = app.conf.broker_url
    app.conf.broker_url = url
    app._pool = app.amqp._producer_pool = None
    return before


@pytest.fixture
def redis(office: Office, settings: Any) -> Iterator[Broker]:
    with broker() as running:
        settings.CELERY_BROKER_URL = running.url
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": running.url}}
        before = _publish_to(running.url)
        yield running
        _publish_to(before)


@pytest.fixture
def at_work(redis: Broker, tmp_path: Path) -> Iterator[None]:
    """A worker and two beats, as the one command starts them."""
    with ExitStack() as later:
        for name in ("one", "two"):
            (tmp_path / name / "run").mkdir(parents=True)
            (tmp_path / name / "logs").mkdir()
            programs = Programs(ROOT, tmp_path / name, environment(REDIS_URL=redis.url), "")
            for program in [programs.beat(), *([programs.worker()] if name == "one" else [])]:
                later.callback(Child(program).kill)
        yield


def client_of(url: str) -> Redis:
    found: Redis = Redis.from_url(url)
    return found


def due() -> int:
    return Job.objects.exclude(state=JobState.DONE).filter(due_at__lte=clock.now()).count()


def all_worked() -> bool:
    """Everything that is due, and the rankings that are due in a moment."""
    soon = clock.now() + timedelta(minutes=1)
    return not Job.objects.exclude(state=JobState.DONE).filter(due_at__lte=soon).exists()


class Day:
    """Somebody's work: each deed on a lead of its own, each timed."""

    def __init__(self, office: Office) -> None:
        self.office, self.slowest, self.results, self.rings = office, 0.0, 0, 0
        self.client = Client()
        self.client.force_login(office.olim)

    def work(self) -> None:
        self._result(self.office.lead())
        self._ring(self.office.lead())
        self._timed(lambda: owe_recount(at=clock.now() - timedelta(seconds=10)))
        for name in PAGES:
            answer = self._timed(lambda name=name: self.client.get(reverse(name), follow=True))
            assert answer.status_code == 200, name

    def _result(self, lead: Lead) -> None:
        form = {"outcome": "not_reached", "when": "default", "_once": f"day-{self.results}"}
        answer = self._timed(lambda: self.client.post(reverse("results:lead", args=[lead.pk]), form))
        assert answer.status_code == 302
        self.results += 1

    def _ring(self, lead: Lead) -> None:
        """A step in ten minutes: its reminder is due at once."""
        at = clock.now()
        step = {"step_at": at + timedelta(minutes=10), "text": "Позвонить"}
        self._timed(lambda: plan_next_step(lead=lead, by=self.office.olim, at=at, **step))
        self.rings += 1

    def _timed(self, deed: Any) -> Any:
        started = time.monotonic()
        answer = deed()
        self.slowest = max(self.slowest, time.monotonic() - started)
        return answer


def work_until(day: Day, end: float) -> None:
    """Twice at least, then now and then until the moment comes."""
    day.work()
    day.work()
    while time.monotonic() < end:
        time.sleep(min(1.0, max(0.0, end - time.monotonic())))
        if end - time.monotonic() > 10:
            day.work()


def demand_each_done_once(day: Day) -> None:
    done = Job.objects.filter(state=JobState.DONE)
    assert set(done.values_list("attempts", flat=True)) == {1}
    assert not Job.objects.filter(state=JobState.DEAD).exists()
    assert ActionResult.objects.count() == day.results
    rung = list(Notice.objects.filter(kind=NoticeKind.STEP_DUE).values_list("lead_id", flat=True))
    assert len(rung) == len(set(rung)) == day.rings
    places = sorted(LeadScore.objects.filter(owner=day.office.olim).values_list("rank", flat=True))
    assert places == list(range(1, Lead.objects.count() + 1))
    loads = RankRun.objects.filter(cause="load").count()
    assert loads == done.filter(kind="rank_all", payload__lists=True, payload__cause="load").count()


def test_redis_gone_in_the_middle_of_the_day_costs_nobody_anything(
    office: Office, redis: Broker, at_work: None
) -> None:
    day = Day(office)
    day.work()
    until(all_worked, "worker and beats are at work", RECOVERY_SECONDS)
    day.slowest, start = 0.0, time.monotonic()
    worked = Job.objects.filter(state=JobState.DONE).count()
    redis.freeze()
    work_until(day, start + OUTAGE_SECONDS / 2)
    frozen = day.slowest
    redis.kill()
    day.slowest = 0.0
    work_until(day, start + OUTAGE_SECONDS)
    gone = time.monotonic() - start
    assert Job.objects.filter(state=JobState.DONE).count() == worked, "without hints nobody looks for work"
    assert due() >= day.rings - 1, "what is owed stands as rows"
    assert max(frozen, day.slowest) < PATIENCE_SECONDS
    redis.come_back()
    back = time.monotonic()
    until(all_worked, "all is worked off, woken by the beats alone", RECOVERY_SECONDS)
    took = time.monotonic() - back
    demand_each_done_once(day)
    print(
        f"Redis gone {gone:.1f} s; slowest deed {frozen:.2f} s frozen, {day.slowest:.2f} s killed; {took:.1f} s to work"
    )


def test_without_worker_and_beats_what_is_owed_stands_until_somebody_drains(office: Office, redis: Broker) -> None:
    """The negative control: nothing else works it off; then a drain by hand does, without any Redis at all."""
    redis.kill()
    day = Day(office)
    day.work()
    time.sleep(1)
    assert not Job.objects.filter(state=JobState.DONE).exists()
    until(lambda: not services.run_one() and all_worked(), "drained by hand")
    demand_each_done_once(day)


def test_a_redis_that_is_full_is_like_one_that_is_down(office: Office, redis: Broker) -> None:
    """It answers, and takes nothing: neither hints nor what is cached. Once it has room, hints go out again."""
    day, full = Day(office), client_of(redis.url)
    day.work()  # so that what a process does once is not timed
    full.flushdb()
    full.config_set("maxmemory", "1")
    with pytest.raises(RedisError, match="maxmemory"):
        full.set("more", "than fits")
    day.slowest = 0.0
    day.work()
    assert day.slowest < PATIENCE_SECONDS
    assert full.llen("celery") == 0
    assert due() >= day.rings, "what is owed stands as rows"
    full.config_set("maxmemory", "0")
    day.work()
    assert full.llen("celery") > 0
    until(lambda: not services.run_one() and all_worked(), "drained by hand")
    demand_each_done_once(day)
