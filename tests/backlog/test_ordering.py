"""Order: by few writes, and nothing is lost when two order one week."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.models import Action
from backlog.services.ordering import Place, place_action, shift_action
from common.changes import StaleVersion
from common.errors import Invalid
from tests.backlog.plan_desk import NOW, Desk, tashkent

pytestmark = pytest.mark.django_db


def _titles(**where: object) -> list[str]:
    return list(Action.objects.filter(**where).order_by("position", "pk").values_list("title", flat=True))


def test_new_actions_stand_below_and_move_up_and_down(desk: Desk) -> None:
    goal = desk.goal()
    one, two, three = (desk.action(title, goal=goal) for title in ("а", "б", "в"))
    assert _titles(goal=goal) == ["а", "б", "в"]
    shift_action(action=three, places=-1, by=desk.olim, at=NOW)
    assert _titles(goal=goal) == ["а", "в", "б"]
    shift_action(action=one, places=1, by=desk.olim, at=NOW)
    assert _titles(goal=goal) == ["в", "а", "б"]
    shift_action(action=two, places=5, by=desk.olim, at=NOW)
    assert _titles(goal=goal) == ["в", "а", "б"]


def test_a_move_between_neighbours_writes_one_row(desk: Desk) -> None:
    goal = desk.goal()
    actions = [desk.action(str(number), goal=goal) for number in range(6)]
    to = Place(goal.sprint, goal, before=actions[1].pk)
    with CaptureQueriesContext(connection) as seen:
        place_action(action=actions[5], to=to, by=desk.olim, at=NOW)
    updates = [query for query in seen.captured_queries if query["sql"].startswith("UPDATE")]
    assert len(updates) == 1
    assert _titles(goal=goal) == ["0", "5", "1", "2", "3", "4"]


def test_a_crowded_list_is_numbered_anew(desk: Desk) -> None:
    goal = desk.goal()
    actions = [desk.action(str(number), goal=goal) for number in range(3)]
    for _ in range(30):
        last = Action.objects.filter(goal=goal).order_by("position", "pk").last()
        first = Action.objects.filter(goal=goal).order_by("position", "pk")[1]
        place_action(action=last, to=Place(goal.sprint, goal, before=first.pk), by=desk.olim, at=NOW)
    positions = list(Action.objects.filter(goal=goal).values_list("position", flat=True))
    assert len(set(positions)) == len(actions)


def test_another_goal_brings_its_segment(desk: Desk) -> None:
    goal, other = desk.goal(segment=None), desk.goal()
    action = desk.action(goal=goal)
    moved = place_action(action=action, to=Place(other.sprint, other), by=desk.olim, at=NOW)
    assert (moved.goal, moved.segment) == (other, desk.office.segment)
    free = place_action(action=action, to=Place(other.sprint, None, desk.office.segment), by=desk.olim, at=NOW)
    assert (free.goal, free.segment) == (None, desk.office.segment)


def test_an_idea_gives_its_slot_back_and_returns_with_a_due_moment(desk: Desk) -> None:
    week = desk.week()
    action = desk.action(slot_at=tashkent(24, 11))
    idea = place_action(action=action, to=Place(None), by=desk.olim, at=NOW)
    assert (idea.is_idea, idea.slot_at, idea.goal) == (True, None, None)
    assert desk.said[-1].due_at is None
    back = place_action(action=action, to=Place(week), by=desk.olim, at=NOW)
    assert back.sprint == week
    assert desk.said[-1].due_at == back.due_at


def test_the_same_place_again_changes_nothing(desk: Desk) -> None:
    goal = desk.goal()
    one, two = desk.action("а", goal=goal), desk.action("б", goal=goal)
    assert place_action(action=one, to=Place(goal.sprint, goal, before=two.pk), by=desk.olim, at=NOW).version == 1
    assert place_action(action=two, to=Place(goal.sprint, goal), by=desk.olim, at=NOW).version == 1


def test_only_a_change_of_the_very_row_is_a_conflict(desk: Desk) -> None:
    goal = desk.goal()
    one, two = desk.action("а", goal=goal), desk.action("б", goal=goal)
    place_action(action=two, to=Place(goal.sprint, goal, before=one.pk), by=desk.office.nodira, at=NOW)
    one.refresh_from_db()
    place_action(action=one, to=Place(goal.sprint, None), by=desk.olim, at=NOW, expected_version=1)
    with pytest.raises(StaleVersion):
        place_action(action=two, to=Place(goal.sprint, None), by=desk.olim, at=NOW, expected_version=1)


def test_a_neighbour_that_is_gone_is_said(desk: Desk) -> None:
    goal = desk.goal()
    stranger = desk.action("чужой ряд")
    with pytest.raises(Invalid, match="Обновите"):
        place_action(
            action=desk.action(goal=goal), to=Place(goal.sprint, goal, before=stranger.pk), by=desk.olim, at=NOW
        )


def test_nothing_moves_into_another_persons_week(desk: Desk) -> None:
    week = desk.week(owner=desk.office.oksana)
    with pytest.raises(Invalid):
        place_action(action=desk.action(), to=Place(week), by=desk.office.nodira, at=NOW)
