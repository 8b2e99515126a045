"""Other working hours: what was due by the end of a day is due by its new end."""

from datetime import datetime, time, timedelta

import pytest

from backlog.models import Action
from backlog.rescheduling import JOB, schedule_from, shift_due
from backlog.services.results import record_result
from common import events
from jobs.models import Job
from salescrm.subscriptions import JOBS, SUBSCRIPTIONS
from tests.backlog.plan_desk import NOW, Desk, tashkent
from worktime.models import WorkSchedule
from worktime.services import set_schedule

pytestmark = pytest.mark.django_db
FRIDAY = 27


def hours(desk: Desk, **changes: object) -> None:
    set_schedule(user=desk.olim, by=desk.olim, changes=changes)


def shifted(desk: Desk, at: datetime = NOW) -> int:
    return shift_due(owner=desk.olim, before=WorkSchedule(user=desk.olim), at=at)


def due(action: Action) -> datetime:
    action.refresh_from_db()
    return action.due_at


def test_what_was_due_by_the_end_of_the_week_is_due_by_its_new_end(desk: Desk) -> None:
    action = desk.action(priority=2)
    assert due(action) == tashkent(FRIDAY, 18)
    hours(desk, end=time(16))
    assert shifted(desk) == 1
    assert due(action) == tashkent(FRIDAY, 16)
    assert shifted(desk) == 0


def test_a_day_that_is_free_now_gives_way_to_the_working_day_before_it(desk: Desk) -> None:
    action = desk.action(priority=2)
    hours(desk, weekdays=[1, 2, 3, 4])
    shifted(desk)
    assert due(action) == tashkent(FRIDAY - 1, 18)


def test_a_moment_that_a_person_typed_stays(desk: Desk) -> None:
    action = desk.action(due_at=tashkent(26, 15, 30))
    hours(desk, end=time(16))
    assert shifted(desk) == 0
    assert due(action) == tashkent(26, 15, 30)


def test_nothing_is_overdue_by_the_change_alone_and_what_is_done_stays(desk: Desk) -> None:
    today, done = desk.action(priority=1), desk.action("Сделано", priority=1)
    record_result(action=done, by=desk.olim, at=NOW, outcome="agreed")
    hours(desk, end=time(15))
    late = NOW + timedelta(hours=6)  # four in the afternoon
    assert shifted(desk, at=late) == 0
    assert due(today) == due(done) == tashkent(23, 18)


def test_the_reminder_hears_of_the_new_moment(desk: Desk) -> None:
    action = desk.action(priority=2)
    hours(desk, end=time(16))
    shifted(desk)
    said = desk.said[-1]
    assert (said.action_id, said.due_at, said.stale) == (action.pk, tashkent(FRIDAY, 16), (tashkent(FRIDAY, 18),))


def test_a_change_owes_one_job_and_the_same_hours_again_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_table", SUBSCRIPTIONS)
    hours(desk, end=time(17))
    hours(desk, end=time(17))
    assert [job.payload["before"]["end"] for job in Job.objects.filter(kind=JOB)] == ["18:00:00"]
    hours(desk, end=time(16))
    assert Job.objects.filter(kind=JOB).count() == 2


def test_the_hours_of_before_come_back_from_the_job_as_they_were(desk: Desk) -> None:
    columns = {"start": "09:00:00", "end": "18:00:00", "lunch_start": "", "lunch_end": None, "weekdays": [1, 2],
               "region": "UZ"}  # fmt: skip
    kept = schedule_from(desk.olim, columns)
    assert (kept.start, kept.end, kept.lunch_start, kept.weekdays) == (time(9), time(18), None, [1, 2])
    assert JOBS[JOB].atomic
