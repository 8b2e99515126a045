"""Which answers a fault excuses, which recoveries are slow, and that a short run meets every part."""

import random

import pytest

from chaos import faults
from chaos.caller import Seen
from chaos.faults import FAULTS, Fault
from chaos.report import Run, markdown
from chaos.watching import Struck, slow_recoveries, wrong_answers

BY_NAME = {fault.name: fault for fault in FAULTS}
POSTGRES, REDIS = BY_NAME["PostgreSQL killed"], BY_NAME["Redis frozen"]


def struck(fault: Fault, *, requests: float | None = 1.0, jobs: float | None = 5.0) -> Struck:
    """From second 100 to 110; PostgreSQL answers again at 112."""
    return Struck(fault, 100.0, 110.0, 112.0 if fault.takes_database else 110.0, requests, jobs)


def answered(status: int | None, at: float, *, retry_after: bool = True) -> Seen:
    return Seen("api", at, at + 0.5, status, retry_after, "/api/v1/leads/")


@pytest.mark.parametrize(
    ("fault", "answer", "excused"),
    [
        (POSTGRES, answered(503, 105), True),
        (POSTGRES, answered(503, 121), True),
        (POSTGRES, answered(503, 123), False),
        (POSTGRES, answered(503, 98), False),
        (POSTGRES, answered(503, 105, retry_after=False), False),
        (POSTGRES, answered(500, 105), False),
        (REDIS, answered(503, 105), False),
        (REDIS, answered(None, 105), True),
        (REDIS, answered(409, 105), True),
    ],
)
def test_only_503_with_a_time_to_come_back_while_postgres_is_away_is_excused(
    fault: Fault, answer: Seen, excused: bool
) -> None:
    assert (wrong_answers([answer], [struck(fault)]) == []) is excused


@pytest.mark.parametrize(
    ("requests", "jobs", "slow"), [(10.0, 60.0, 0), (10.1, 5.0, 1), (1.0, 60.1, 1), (None, None, 2), (1.0, None, 1)]
)
def test_a_slow_recovery_is_told(requests: float | None, jobs: float | None, slow: int) -> None:
    assert len(slow_recoveries([struck(POSTGRES, requests=requests, jobs=jobs)])) == slow


def test_a_web_server_may_take_its_time_to_start() -> None:
    assert slow_recoveries([struck(BY_NAME["web server killed"], requests=59.0)]) == []
    assert len(slow_recoveries([struck(BY_NAME["web server killed"], requests=61.0)])) == 1


@pytest.mark.parametrize("seed", range(5))
def test_the_first_six_faults_of_any_seed_meet_every_part_and_a_round_has_each_fault_once(seed: int) -> None:
    planned = faults.plan(random.Random(seed))
    assert [fault.group for fault in planned[:6]] == list(faults.ORDER)
    assert sorted(fault.name for fault in planned) == sorted(BY_NAME)
    assert planned == faults.plan(random.Random(seed)), "the same seed, the same storm"


def test_the_report_names_what_is_broken_and_shows_every_fault() -> None:
    run = Run(7, 3, "abc", "Linux", {"server_version": "18.6", "fsync": "on"}, [struck(POSTGRES)])
    run.broken = {"nothing acknowledged is lost": []}
    assert run.holds
    assert "Every promise kept" in markdown(run)
    run.broken["nothing acknowledged is lost"] = ["lead a"]
    text = markdown(run)
    assert not run.holds
    assert "A PROMISE IS BROKEN" in text
    assert "BROKEN, 1 times" in text
    assert "| 1 | 0 | PostgreSQL killed | 10.0 | 2.0 | 1.0 | 5.0 |" in text
