"""A promise that falls short becomes one action in the owner's backlog, and goes when it is kept after all."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from backlog.models import Action, Goal
from backlog.services.actions import drop_action
from backlog.services.sprints import open_sprint
from common import clock
from jobs.models import Job
from jobs.registry import JobRun
from leads.models import ValuePromise
from leads.services import recording
from leads.services import value as judging
from leads.services.editing import assign
from leads.services.outcomes import close
from leads.value import bank_day
from notifications.models import Notice
from tests.office import Office

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def overdue(office: Office, days: int = 1, **changed: Any) -> ValuePromise:
    today = bank_day(clock.now())
    values = {"metric": "Срок выдачи", "unit": "дн.", "target": Decimal(1), "direction": "down",
              "promised_on": today - 60 * DAY, "due_on": today - days * DAY}  # fmt: skip
    return recording.record_promise(lead=office.lead(), by=office.olim, at=clock.now(), **values | changed)


def measure(office: Office, row: ValuePromise, value: str, at: datetime | None = None) -> None:
    recording.record_measurement(
        lead=row.lead, by=office.olim, at=clock.now(), value=Decimal(value), promise=row, measured_at=at
    )


def look() -> None:
    judging.judge_day(JobRun(job_id=uuid4(), payload={}, lease_token=uuid4(), attempts=1))


def test_a_number_short_of_the_promise_proposes_one_idea_to_the_owner_of_the_lead(office: Office) -> None:
    row = overdue(office)
    measure(office, row, "1.4")
    action = Action.objects.get()
    assert (action.owner, action.lead_id, action.is_idea, action.priority) == (office.olim, row.lead_id, True, 2)
    assert "Срок выдачи" in action.title
    assert "1,4 дн." in action.note
    assert Notice.objects.get(user=office.olim, kind="promise").facts["short"] is True
    measure(office, row, "1.3")
    assert Action.objects.count() == 1, "the open one stands for the second number too"


def test_a_number_before_its_day_proposes_nothing(office: Office) -> None:
    measure(office, overdue(office, days=-10), "3")
    assert not Action.objects.exists()


def test_the_proposal_is_withdrawn_when_the_promise_is_kept_after_all(office: Office) -> None:
    row = overdue(office)
    measure(office, row, "1.4")
    measure(office, row, "1")
    action = Action.objects.get()
    assert action.status == "dropped"
    assert "выполнено" in action.note
    row.refresh_from_db()
    assert (row.kept_on, row.fell_short_on) == (bank_day(clock.now()), None)


def test_a_new_round_after_the_action_was_answered_proposes_anew(office: Office) -> None:
    row = overdue(office)
    measure(office, row, "1.4")
    drop_action(action=Action.objects.get(), by=office.olim, at=clock.now(), reason="Сделали")
    look()
    assert Action.objects.count() == 1, "the same round is not told twice"
    measure(office, row, "1.2")
    assert Action.objects.filter(status="planned").count() == 1
    assert Action.objects.count() == 2


def test_a_goal_on_delivered_value_takes_the_action_into_its_week(office: Office) -> None:
    at = clock.now()
    sprint = open_sprint(owner=office.olim, day=at.astimezone(office.olim.zone).date(), by=office.olim)
    goal = Goal.objects.create(
        sprint=sprint, owner=office.olim, team=office.north, statement="Довести обещанное", metric="value_delivered",
        target=3, due_on=sprint.ends_on,
    )  # fmt: skip
    measure(office, overdue(office), "1.4")
    assert Action.objects.get().goal == goal


def test_the_day_that_passed_with_a_number_short_of_the_promise_is_told_once(office: Office) -> None:
    at = clock.now()
    row = overdue(office)
    ValuePromise.objects.filter(pk=row.pk).update(due_on=bank_day(at) + DAY)
    measure(office, row, "1.4", at - DAY)
    assert not Action.objects.exists()
    ValuePromise.objects.filter(pk=row.pk).update(due_on=bank_day(at) - DAY)
    look()
    look()
    assert Action.objects.count() == 1
    row.refresh_from_db()
    assert row.fell_short_on == bank_day(at)


def test_what_nobody_measured_falls_short_a_week_after_its_day(office: Office) -> None:
    fresh, stale = overdue(office, days=7), overdue(office, days=8)
    look()
    assert [action.lead_id for action in Action.objects.all()] == [stale.lead_id]
    assert "Никто не измерил" in Action.objects.get().note
    measure(office, stale, "1")
    assert Action.objects.get().status == "dropped"
    fresh.refresh_from_db()
    assert fresh.fell_short_on is None


def test_a_lead_of_nobody_and_an_owner_who_may_not_write_get_no_action_and_stop_nothing(office: Office) -> None:
    row, other = overdue(office, days=9), overdue(office, days=9)
    assign(lead=row.lead, owner=None, by=office.nodira, at=clock.now())
    other.lead.owner = office.aziz
    other.lead.save(update_fields=["owner"])
    look()
    assert not Action.objects.exists()
    assert ValuePromise.objects.filter(fell_short_on__isnull=False).count() == 2


def test_the_day_is_owed_once_and_not_before_its_hour(office: Office) -> None:
    morning = clock.now().replace(hour=1, minute=29)  # 06:29 in Tashkent
    judging.owe_the_day(at=morning)
    assert not Job.objects.filter(kind=judging.DAY_JOB).exists()
    for minutes in (1, 2, 300):
        judging.owe_the_day(at=morning + timedelta(minutes=minutes))
    assert Job.objects.filter(kind=judging.DAY_JOB).count() == 1


def test_a_lead_that_was_lost_after_its_day_is_told_of_and_corrected_no_more(office: Office) -> None:
    row = overdue(office, days=9)
    close(lead=row.lead, outcome="archived", by=office.olim, at=clock.now(), note="Ушёл к другому")
    look()
    row.refresh_from_db()
    assert row.fell_short_on == bank_day(clock.now())
    assert not Action.objects.exists()
    assert not Notice.objects.filter(kind="promise").exists()
