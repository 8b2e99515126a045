"""A long job keeps its lease from a second connection, lets go of it at the end, and notices when it was taken."""

import logging
import threading
import time
from uuid import uuid4

import pytest
from django.db.models.functions import Now

from jobs import keeping, services
from jobs.keeping import kept
from jobs.models import Job, JobState
from jobs.registry import JobRun
from tests.jobs.desk import lease_runs_out, owe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "EVERY_SECONDS", 0.05)


def leased() -> JobRun:
    owe("letter")
    found = services.lease_one()
    assert found is not None
    return found[1]


def renewed() -> bool:
    """Whether the lease holds again after it was let run out, within some turns of the keeper."""
    lease_runs_out(Job.objects.get())
    for _turn in range(100):
        if Job.objects.filter(state=JobState.LEASED, lease_until__gt=Now()).exists():
            return True
        time.sleep(0.05)
    return False


def keepers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if getattr(thread, "_target", None) is keeping._keep]


def test_the_lease_of_a_long_job_is_renewed_while_it_works() -> None:
    with kept(leased()):
        assert renewed()
        assert services.lease_one() is None


def test_without_keeping_the_lease_runs_out_and_another_takes_the_job() -> None:
    """The negative control."""
    leased()
    lease_runs_out(Job.objects.get())
    assert services.lease_one() is not None


def test_the_keeper_stops_with_the_work_even_when_it_fails() -> None:
    run = leased()

    def work() -> None:
        with kept(run):
            assert keepers()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert keepers() == []
    lease_runs_out(Job.objects.get())
    assert services.lease_one() is not None


def test_a_lease_that_somebody_else_took_is_said_once_and_left_to_him(caplog: pytest.LogCaptureFixture) -> None:
    run = leased()
    thief = uuid4()
    with caplog.at_level(logging.WARNING, logger="jobs.keeping"), kept(run):
        Job.objects.update(lease_token=thief)
        for _turn in range(100):
            if not keepers():
                break
            time.sleep(0.05)
        assert keepers() == []
    said = [record for record in caplog.records if record.name == "jobs.keeping"]
    assert [record.getMessage() for record in said] == [f"Lease of job {run.job_id} was lost while it was at work"]
    assert Job.objects.get().lease_token == thief
