"""Two people at one week: on PostgreSQL, with several connections."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from backlog.models import Action, Goal, PriorityChange, Sprint
from backlog.services.actions import create_action, update_action
from backlog.services.goals import create_goal
from backlog.services.ordering import Place, place_action, shift_action
from backlog.services.priorities import set_priority
from backlog.services.reworking import set_follows
from backlog.services.slots import SlotTaken, put_on_slot
from backlog.services.sprints import carry_over, open_sprint
from common.changes import StaleVersion
from common.errors import Invalid
from tests.concurrency.together import together
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
TODAY = NOW.date()


def _week(office: Office, days: int = 0) -> Sprint:
    return open_sprint(owner=office.olim, day=TODAY + timedelta(days=days), by=office.olim)


def _actions(office: Office, number: int, goal: Goal | None = None) -> list[Action]:
    week = _week(office)
    return [
        create_action(owner=office.olim, title=str(n), by=office.olim, at=NOW, sprint=week, goal=goal)
        for n in range(number)
    ]


def _goal(office: Office) -> Goal:
    return create_goal(
        sprint=_week(office), by=office.olim, statement="Цель", metric="calls", target=Decimal(5), segment=None
    )


def test_a_week_opened_at_once_is_one_week(office: Office) -> None:
    assert office.olim.team
    answers = together([lambda: _week(office)] * 6)
    assert len({answer.pk for answer in answers}) == 1
    assert Sprint.objects.count() == 1


def test_two_people_who_order_one_week_lose_nothing(office: Office) -> None:
    goal, head = _goal(office), office.nodira
    actions = _actions(office, 8, goal)

    def move(action: Action, by: User, before: Action):
        return lambda: place_action(
            action=action, to=Place(goal.sprint, goal, before=before.pk), by=by, at=NOW, expected_version=1
        )

    deeds = [move(actions[n], (office.olim, head)[n % 2], actions[0]) for n in range(2, 8)]
    answers = together([*deeds, lambda: shift_action(action=actions[1], places=-1, by=head, at=NOW)])
    assert all(isinstance(answer, Action) for answer in answers), answers
    rows = list(Action.objects.filter(goal=goal).order_by("position", "pk"))
    assert {row.pk for row in rows} == {action.pk for action in actions}
    assert len({row.position for row in rows}) == 8


def test_different_rows_are_no_conflict_and_the_same_row_is(office: Office) -> None:
    one, other = _actions(office, 2)

    def write(action: Action, title: str):
        return lambda: update_action(
            action=action, by=office.olim, at=NOW, changes={"title": title}, expected_version=1
        )

    answers = together([write(one, "а"), write(one, "б"), write(other, "в")])
    assert sum(isinstance(answer, StaleVersion) for answer in answers) == 1
    other.refresh_from_db()
    assert other.title == "в"


def test_one_slot_is_given_once(office: Office) -> None:
    actions = _actions(office, 4)
    slot = NOW + timedelta(hours=2)
    answers = together([
        lambda action=action: put_on_slot(action=action, slot_at=slot, by=office.olim, at=NOW) for action in actions
    ])  # fmt: skip
    assert sum(isinstance(answer, SlotTaken) for answer in answers) == 3, answers
    assert Action.objects.filter(slot_at=slot).count() == 1


def test_two_halves_of_a_ring_put_down_at_once_make_none(office: Office) -> None:
    one, other = _actions(office, 2)
    answers = together([
        lambda: set_follows(action=one, follows=other, by=office.olim, at=NOW),
        lambda: set_follows(action=other, follows=one, by=office.olim, at=NOW),
    ])  # fmt: skip
    assert sum(isinstance(answer, Invalid) for answer in answers) == 1, answers
    assert Action.objects.filter(follows__isnull=False).count() == 1


def test_carrying_over_pressed_at_once_moves_once(office: Office) -> None:
    _actions(office, 5, _goal(office))
    old, new = _week(office), _week(office, 7)
    answers = together([lambda: carry_over(sprint_from=old, sprint_to=new, by=office.olim, at=NOW)] * 3)
    assert sorted(len(answer) for answer in answers) == [0, 0, 5]
    assert new.goals.count() == 1
    assert PriorityChange.objects.count() == 5


def test_one_source_makes_one_action(office: Office) -> None:
    week = _week(office)

    def make() -> Action:
        return create_action(
            owner=office.olim, title="Ответ", by=office.olim, at=NOW, sprint=week, sprung_from="reply:1"
        )

    answers = together([make] * 4)
    assert len({answer.pk for answer in answers}) == 1, answers


def test_one_press_twice_at_once_is_one_change_of_priority(office: Office) -> None:
    (action,) = _actions(office, 1)
    together([lambda: set_priority(action=action, to=0, by=office.olim, at=NOW)] * 4)
    assert PriorityChange.objects.count() == 1
