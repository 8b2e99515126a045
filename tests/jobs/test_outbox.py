"""Duties as rows: owed once, worked off once, retried, and parked where an operator sees them."""

from datetime import timedelta

import pytest
from django.db import transaction

from common import clock
from jobs import services, tasks
from jobs.models import Job, JobState
from jobs.registry import Again, JobRun, Kind
from jobs.services import BACKOFF, LeaseLost
from tests.jobs.desk import effect, effects, kinds, lease_runs_out, now_due, owe

pytestmark = pytest.mark.django_db


class Boom(Exception):
    pass


def boom(run: JobRun) -> None:
    raise Boom("the printer is on fire")


def test_a_duty_is_worked_off_once() -> None:
    job = owe("letter")
    with kinds(letter=Kind(effect("letter"))):
        assert [services.run_one(), services.run_one()] == [True, False]
    job.refresh_from_db()
    assert (job.state, job.attempts, effects("letter")) == (JobState.DONE, 1, 1)
    assert job.done_at is not None


def test_a_duty_that_is_not_due_waits() -> None:
    owe("letter", late=timedelta(minutes=-5))
    with kinds(letter=Kind(effect("letter"))):
        assert services.run_one() is False


def test_the_duty_that_is_due_longest_goes_first() -> None:
    order: list[str] = []
    for name, late in (("second", 5), ("first", 50), ("third", 1)):
        owe("note", name, late=timedelta(minutes=late), name=name)
    with kinds(note=Kind(lambda run: order.append(run.payload["name"]))):
        tasks.drain()
    assert order == ["first", "second", "third"]


def test_the_same_duty_is_owed_once_even_after_it_is_done() -> None:
    with kinds(letter=Kind(effect("letter"))):
        for _ in range(3):
            owe("letter", "welcome:42")
            tasks.drain()
    assert effects("letter") == 1


def test_a_duty_whose_deed_rolls_back_is_not_owed() -> None:
    with transaction.atomic():
        owe("letter", "welcome:43")
        transaction.set_rollback(True)
    assert not Job.objects.filter(dedupe_key="welcome:43").exists()


def test_effect_and_done_stand_or_fall_together() -> None:
    def work(run: JobRun) -> None:
        effect("half")(run)
        raise Boom

    job = owe("letter")
    with kinds(letter=Kind(work)):
        services.run_one()
    job.refresh_from_db()
    assert (job.state, effects("half")) == (JobState.READY, 0)


def test_without_the_shared_transaction_half_an_effect_would_stay() -> None:
    """The negative control of the test above: a kind that is not atomic keeps what it wrote before the fall."""

    def work(run: JobRun) -> None:
        effect("half")(run)
        raise Boom

    owe("letter")
    with kinds(letter=Kind(work, atomic=False)):
        services.run_one()
    assert effects("half") == 1


def test_a_failure_waits_longer_each_time_and_says_why() -> None:
    job = owe("letter")
    with kinds(letter=Kind(boom)):
        for attempt, pause in enumerate(BACKOFF, 1):
            services.run_one()
            job.refresh_from_db()
            waits = (job.due_at - clock.now()).total_seconds()
            assert job.attempts == attempt
            assert pause - 60 < waits <= pause + 1
            now_due(job)
    assert job.last_error == "Boom: the printer is on fire"
    assert list(BACKOFF) == sorted(BACKOFF)


def test_after_the_last_attempt_it_is_parked_and_never_tried_again() -> None:
    job = owe("letter")
    with kinds(letter=Kind(boom, max_attempts=3)):
        for _ in range(3):
            services.run_one()
            now_due(job)
        assert services.run_one() is False
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DEAD, 3)


def test_a_kind_that_nobody_handles_is_parked_at_once() -> None:
    job = owe("telegraph")
    with kinds():
        assert services.run_one() is True
    job.refresh_from_db()
    assert (job.state, job.last_error) == (JobState.DEAD, "No handler for telegraph")


def test_a_job_that_kills_every_worker_is_parked_too() -> None:
    """No failure is ever written down for it: only the leases that ran out tell."""
    job = owe("letter")
    with kinds(letter=Kind(effect("letter"), max_attempts=2)):
        for _ in range(2):
            assert services.lease_one() is not None
            lease_runs_out(job)
        services.run_one()
    job.refresh_from_db()
    assert (job.state, effects("letter")) == (JobState.DEAD, 0)


def test_a_dead_workers_job_is_taken_over_when_its_lease_ends() -> None:
    job = owe("letter")
    assert services.lease_one() is not None
    assert services.lease_one() is None
    lease_runs_out(job)
    with kinds(letter=Kind(effect("letter"))):
        assert services.run_one() is True
    assert effects("letter") == 1


def test_who_lost_the_lease_takes_his_effect_back() -> None:
    def slow(run: JobRun) -> None:
        effect("slow")(run)
        lease_runs_out(Job.objects.get(pk=run.job_id))
        services.lease_one()  # somebody else takes it over meanwhile

    job = owe("letter")
    with kinds(letter=Kind(slow)):
        services.run_one()
    job.refresh_from_db()
    assert effects("slow") == 0
    assert job.state == JobState.LEASED


def test_a_long_job_keeps_its_lease_by_renewing_it() -> None:
    job = owe("letter")
    _kind, run = services.lease_one() or pytest.fail("nothing was leased")
    lease_runs_out(job)
    services.renew(run)
    assert services.lease_one() is None


def test_renewing_a_lost_lease_is_refused() -> None:
    job = owe("letter")
    _kind, run = services.lease_one() or pytest.fail("nothing was leased")
    lease_runs_out(job)
    services.lease_one()
    with pytest.raises(LeaseLost):
        services.renew(run)


def test_an_unfinished_job_goes_on_and_its_attempts_are_forgiven() -> None:
    steps = iter([Again(), Again(), None])
    job = owe("import")
    with kinds(**{"import": Kind(lambda run: next(steps), max_attempts=1)}):
        for _ in range(3):
            services.run_one()
            now_due(job)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 1)


def test_a_duty_that_is_forgotten_is_not_done() -> None:
    owe("letter", "welcome:44")
    services.forget(["welcome:44", "never-owed"])
    with kinds(letter=Kind(effect("letter"))):
        assert services.run_one() is False


def test_two_ticks_of_beat_do_nothing_twice() -> None:
    owe("letter")
    with kinds(letter=Kind(effect("letter"))):
        tasks.drain()
        tasks.drain()
    assert effects("letter") == 1


def test_the_age_of_the_oldest_due_job_is_the_number_to_alarm_on() -> None:
    assert services.oldest_due_seconds() == 0
    owe("letter", late=timedelta(minutes=10))
    owe("letter", late=timedelta(minutes=-10))
    assert 590 < services.oldest_due_seconds() < 700


def test_old_finished_jobs_are_swept_and_the_parked_stay() -> None:
    long_ago = clock.now() - timedelta(days=30)
    owe("done"), owe("dead"), owe("fresh")
    Job.objects.filter(kind="done").update(state=JobState.DONE, done_at=long_ago)
    Job.objects.filter(kind="dead").update(state=JobState.DEAD, created_at=long_ago)
    Job.objects.filter(kind="fresh").update(state=JobState.DONE, done_at=clock.now())
    tasks.sweep()
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["dead", "fresh"]


def test_every_kind_that_is_owed_has_a_handler() -> None:
    from imports.services import CHUNK_JOB, REVERT_JOB
    from notifications.services.reminders import RING_JOB
    from salescrm.subscriptions import JOBS

    assert {RING_JOB, CHUNK_JOB, REVERT_JOB} <= set(JOBS)
