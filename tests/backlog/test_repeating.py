"""An empty week takes the plan of the last planned one."""

from datetime import timedelta
from decimal import Decimal

import pytest

from backlog.models import Action, Goal
from backlog.services.actions import drop_action
from backlog.services.goals import drop_goal, log_value
from backlog.services.repeating import repeat_week
from backlog.services.results import record_result
from backlog.services.sprints import close_sprint
from common.errors import Invalid, NotAllowed
from tests.backlog.plan_desk import MONDAY, NOW, Desk

pytestmark = pytest.mark.django_db
NEXT = MONDAY + timedelta(days=7)


def again(desk: Desk, day=NEXT):
    return repeat_week(owner=desk.olim, day=day, by=desk.olim, at=NOW)


def test_goals_and_actions_come_anew_without_what_they_came_to(desk: Desk) -> None:
    goal = desk.goal(due_on=MONDAY + timedelta(days=4))
    done = desk.action(goal=goal, slot_at=NOW + timedelta(hours=2), minutes=45, location="Офис")
    record_result(action=done, by=desk.olim, at=NOW, outcome="agreed")
    sprint = again(desk)
    fresh = Goal.objects.get(sprint=sprint)
    assert (fresh.statement, fresh.target, fresh.due_on) == (goal.statement, goal.target, NEXT + timedelta(days=4))
    action = Action.objects.get(sprint=sprint)
    assert (action.title, action.minutes, action.location, action.goal) == (done.title, 45, "Офис", fresh)
    assert (action.slot_at, action.is_open) == (None, True)
    assert action.due_at.date() >= NEXT


def test_a_second_press_and_a_planned_week_change_nothing(desk: Desk) -> None:
    desk.action()
    assert again(desk) == again(desk)
    assert Action.objects.filter(sprint__starts_on=NEXT).count() == 1
    assert again(desk, MONDAY).starts_on == MONDAY
    assert Action.objects.filter(sprint__starts_on=MONDAY).count() == 1


def test_what_was_dropped_or_came_from_a_lead_is_not_repeated(desk: Desk) -> None:
    desk.action("Осталось")
    drop_action(action=desk.action("Снято"), by=desk.olim, at=NOW)
    desk.action("По лиду", lead=desk.office.lead())
    drop_goal(goal=desk.goal(), by=desk.olim)
    sprint = again(desk)
    assert [row.title for row in Action.objects.filter(sprint=sprint)] == ["Осталось"]
    assert not Goal.objects.filter(sprint=sprint).exists()


def test_an_own_metric_goes_on_from_where_it_stands(desk: Desk) -> None:
    own = {"metric": "own", "metric_name": "Обученные агенты", "unit": "агентов", "baseline": Decimal(2)}
    half, whole = desk.goal(**own), desk.goal(**own, statement="Готово")
    log_value(goal=half, value=Decimal(6), at=NOW, by=desk.olim)
    log_value(goal=whole, value=Decimal(10), at=NOW, by=desk.olim)
    assert [(g.baseline, g.target) for g in Goal.objects.filter(sprint=again(desk))] == [(Decimal(6), Decimal(10))]


def test_a_closed_week_may_be_repeated_and_an_older_one_is_found_past_an_empty_one(desk: Desk) -> None:
    close_sprint(sprint=desk.action().sprint, by=desk.olim, at=NOW)
    desk.week(NEXT)
    later = again(desk, NEXT + timedelta(days=7))
    assert Action.objects.get(sprint=later).title == "Обзвонить оценщиков"


def test_nothing_planned_before_is_said_in_words(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        again(desk)
    assert refused.value.errors[0].code == "empty"


def test_another_person_s_week_is_not_for_a_stranger(desk: Desk) -> None:
    desk.action()
    with pytest.raises(NotAllowed):
        repeat_week(owner=desk.olim, day=NEXT, by=desk.office.sitora, at=NOW)
