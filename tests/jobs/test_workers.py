"""Several workers and several presses at once: two connections to PostgreSQL race on purpose."""

import threading
import time
from collections import Counter
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from jobs import once, services, tasks
from jobs.models import Job, JobState
from jobs.registry import JobRun, Kind
from leads.models import LossReason
from tests.concurrency.together import together
from tests.jobs.desk import effect, effects, kinds, lease_runs_out, owe
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def test_two_workers_never_take_the_same_job() -> None:
    for number in range(40):
        owe("letter", f"letter:{number}")
    taken: Counter[str] = Counter()
    with kinds(letter=Kind(lambda run: taken.update([str(run.job_id)]))):
        together([tasks.drain] * 4)
    assert len(taken) == 40
    assert set(taken.values()) == {1}
    assert Job.objects.filter(state=JobState.DONE, attempts=1).count() == 40


def test_without_the_lock_two_workers_would_take_the_same_job() -> None:
    """The negative control: reading first and writing later is what the single statement prevents."""
    owe("letter")
    seen = threading.Barrier(2)

    def careless() -> int:
        found = Job.objects.filter(state=JobState.READY).first()
        seen.wait(timeout=10)
        return Job.objects.filter(pk=found.pk).update(state=JobState.LEASED) if found else 0

    assert together([careless, careless]) == [1, 1]


def test_a_slow_worker_that_comes_back_late_leaves_no_second_effect() -> None:
    started, go_on = threading.Event(), threading.Event()
    first: list[bool] = []

    def work(run: JobRun) -> None:
        effect("letter")(run)
        if run.attempts == 1:
            started.set()
            assert go_on.wait(timeout=20)

    def slow() -> None:
        try:
            first.append(services.run_one())
        finally:
            connection.close()

    job = owe("letter")
    with kinds(letter=Kind(work)):
        worker = threading.Thread(target=slow)
        worker.start()
        assert started.wait(timeout=20)
        lease_runs_out(job)
        assert services.run_one() is True
        go_on.set()
        worker.join(timeout=20)
    job.refresh_from_db()
    assert first == [True]
    assert (job.state, effects("letter")) == (JobState.DONE, 1)


def test_two_who_owe_the_same_duty_at_once_owe_it_once() -> None:
    together([lambda: owe("letter", "welcome:7")] * 5)
    assert Job.objects.filter(dedupe_key="welcome:7").count() == 1


def test_a_form_pressed_twenty_times_at_once_makes_one_record(office: Office) -> None:
    admin, form = office.adiba, {"name": "Слишком долго думали", "_once": str(uuid4())}

    def press() -> str:
        client = Client()
        client.force_login(admin)
        return str(client.post("/settings/reasons/new/", form)["Location"])

    assert set(together([press] * 20)) == {"/settings/reasons/"}
    assert LossReason.objects.filter(name="Слишком долго думали").count() == 1


def test_who_claims_a_key_second_waits_for_the_first_ones_answer(office: Office) -> None:
    user, claimed = office.olim.pk, threading.Event()

    def first() -> None:
        with transaction.atomic():
            assert once.claim(user_id=user, key="press") is None
            claimed.set()
            time.sleep(0.3)
            once.remember(user_id=user, key="press", location="/leads/1/")

    def second() -> str | None:
        assert claimed.wait(timeout=20)
        with transaction.atomic():
            return once.claim(user_id=user, key="press")

    assert together([first, second]) == [None, "/leads/1/"]


def test_a_refused_deed_gives_its_key_back(office: Office) -> None:
    user = office.olim.pk
    with transaction.atomic():
        once.claim(user_id=user, key="press")
        transaction.set_rollback(True)
    with transaction.atomic():
        assert once.claim(user_id=user, key="press") is None


def test_the_same_key_of_two_people_is_two_keys(office: Office) -> None:
    with transaction.atomic():
        assert once.claim(user_id=office.olim.pk, key="press") is None
        assert once.claim(user_id=office.oksana.pk, key="press") is None
