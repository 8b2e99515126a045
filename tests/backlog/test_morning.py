"""The morning ritual: fifteen lines are asked, each is answered once, and the morning comes to an end."""

from datetime import UTC, datetime, timedelta

import pytest

from backlog.models import Action
from backlog.morning import MOST, Morning, morning_of
from backlog.services.actions import create_action
from backlog.services.ritual import answer_action, answer_lead
from backlog.services.sprints import open_sprint
from backlog.today import day_of
from leads.services.editing import plan_next_step
from tests.office import Office
from worktime.selectors import calendar_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)  # Monday, nine in Tashkent


def planned(office: Office, number: int) -> list[Action]:
    week = open_sprint(owner=office.olim, day=NOW.date(), by=office.olim)
    return [
        create_action(owner=office.olim, by=office.olim, at=NOW, title=f"Дело {n}", sprint=week, priority=1)
        for n in range(number)
    ]


def morning(office: Office) -> Morning:
    return morning_of(office.olim, day_of(office.olim, NOW, calendar_of(office.olim)), NOW)


def test_twenty_lines_are_fifteen_questions_whatever_is_answered(office: Office) -> None:
    planned(office, 20)
    asked = []
    for number in range(MOST):
        now = morning(office)
        assert (now.left, now.answered) == (MOST - number, number)
        action = now.proposals[0].item.action
        assert action is not None
        asked.append(action.pk)
        answer = ("dropped", "accepted", "changed")[number % 3]
        answer_action(
            action=Action.objects.get(pk=action.pk), by=office.olim, at=NOW, proposed=1, answer=answer, priority=2
        )
    assert len(set(asked)) == MOST
    over = morning(office)
    assert (over.left, over.answered) == (0, MOST)
    assert {proposal.answer for proposal in over.proposals} == {"accepted", "changed"}


def test_what_waits_stands_before_what_was_answered(office: Office) -> None:
    first = planned(office, 3)[0]
    top = morning(office).proposals[0].item.action
    assert top is not None
    answer_action(action=Action.objects.get(pk=top.pk), by=office.olim, at=NOW, proposed=1, answer="accepted")
    assert [proposal.answer for proposal in morning(office).proposals] == ["", "", "accepted"]
    assert first.owner == office.olim


def test_a_lead_that_was_taken_into_the_plan_is_asked_no_more(office: Office) -> None:
    lead = office.lead()
    yesterday = NOW - timedelta(days=1)
    plan_next_step(lead=lead, by=office.olim, at=yesterday, step_at=yesterday + timedelta(hours=1), text="Позвонить")
    assert morning(office).left == 1
    answer_lead(lead=lead, by=office.olim, at=NOW, proposed=1, answer="accepted")
    after = morning(office)
    assert (after.left, [proposal.answer for proposal in after.proposals]) == (0, ["accepted"])
    assert after.proposals[0].item.action is not None


def test_what_was_dropped_leaves_its_hours_to_the_others(office: Office) -> None:
    rows = planned(office, 10)
    Action.objects.filter(pk__in=[row.pk for row in rows]).update(minutes=60)
    before = [proposal.fits for proposal in morning(office).proposals]
    assert before.count(False) == 10 - before.count(True) > 0
    first = morning(office).proposals[0].item.action
    assert first is not None
    answer_action(action=Action.objects.get(pk=first.pk), by=office.olim, at=NOW, proposed=1, answer="dropped")
    assert [proposal.fits for proposal in morning(office).proposals].count(True) == before.count(True)
