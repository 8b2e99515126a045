"""The week: it opens by itself, closes with a review, and hands on what is left."""

from datetime import date, timedelta

import pytest

from backlog.choices import ActionStatus, PriorityCause, SprintStatus
from backlog.models import Action, Sprint
from backlog.services.actions import drop_action
from backlog.services.sprints import SprintClosed, carry_over, close_sprint, open_sprint
from common.errors import Invalid, NotAllowed
from tests.backlog.plan_desk import MONDAY, NOW, Desk, tashkent

pytestmark = pytest.mark.django_db

NEXT = MONDAY + timedelta(days=7)


def test_a_week_opens_once_for_every_day_of_it(desk: Desk) -> None:
    first = desk.week(MONDAY)
    assert desk.week(MONDAY + timedelta(days=6)).pk == first.pk
    assert (first.starts_on, first.code, first.team) == (MONDAY, "2026-W48", desk.office.north)
    assert desk.week(NEXT).pk != first.pk


def test_a_head_opens_the_week_of_his_people_and_nobody_elses(desk: Desk) -> None:
    assert open_sprint(owner=desk.olim, day=MONDAY, by=desk.office.nodira).owner == desk.olim
    with pytest.raises(NotAllowed):
        open_sprint(owner=desk.office.sitora, day=MONDAY, by=desk.olim)
    with pytest.raises(NotAllowed):
        open_sprint(owner=desk.olim, day=MONDAY, by=desk.office.aziz)


def test_a_week_of_another_century_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.week(date(1926, 11, 22))


def test_a_review_closes_the_week_and_may_be_mended(desk: Desk) -> None:
    week = desk.week()
    closed = close_sprint(sprint=week, by=desk.olim, at=NOW, worked=" Звонки утром ", failed="")
    assert (closed.status, closed.worked, closed.closed_at) == (SprintStatus.CLOSED, "Звонки утром", NOW)
    again = close_sprint(sprint=week, by=desk.olim, at=NOW + timedelta(days=1), worked="Звонки", failed="Письма")
    assert (again.closed_at, again.failed) == (NOW, "Письма")


def test_a_week_that_has_not_begun_is_not_summed_up(desk: Desk) -> None:
    with pytest.raises(Invalid):
        close_sprint(sprint=desk.week(NEXT), by=desk.olim, at=NOW)


def test_a_closed_week_takes_no_more_actions(desk: Desk) -> None:
    close_sprint(sprint=desk.week(), by=desk.olim, at=NOW)
    with pytest.raises(SprintClosed, match="W48"):
        desk.action(sprint=Sprint.objects.get())


def test_carrying_over_moves_what_is_open_and_leaves_what_is_closed(desk: Desk) -> None:
    old, new = desk.week(), desk.week(NEXT)
    goal = desk.goal(old)
    left = desk.action("Остаток", goal=goal, slot_at=tashkent(23, 15))
    done = desk.action("Сделано", goal=goal)
    Action.objects.filter(pk=done.pk).update(status=ActionStatus.DONE)
    dropped = drop_action(action=desk.action("Снято"), by=desk.olim, at=NOW)
    moved = carry_over(sprint_from=old, sprint_to=new, by=desk.olim, at=NOW)
    assert [action.pk for action in moved] == [left.pk]
    left.refresh_from_db()
    assert (left.sprint, left.slot_at) == (new, None)
    assert left.due_at == tashkent(30, 18) + timedelta(days=4)
    assert left.goal is not None
    assert (left.goal.continues, left.goal.target, left.goal.sprint) == (goal, goal.target, new)
    assert {done.pk, dropped.pk} == set(old.actions.values_list("pk", flat=True))
    change = left.priority_changes.get()
    assert (change.cause, change.by, change.before, change.after) == (PriorityCause.CARRIED, desk.olim, 2, 2)


def test_carrying_over_twice_moves_nothing_more(desk: Desk) -> None:
    old, new = desk.week(), desk.week(NEXT)
    action = desk.action(goal=desk.goal(old))
    carry_over(sprint_from=old, sprint_to=new, by=desk.olim, at=NOW)
    before = Action.objects.get(pk=action.pk).version
    assert carry_over(sprint_from=old, sprint_to=new, by=desk.olim, at=NOW) == []
    assert Action.objects.get(pk=action.pk).version == before
    assert new.goals.count() == 1
    assert action.priority_changes.count() == 1


def test_only_the_chosen_actions_are_carried(desk: Desk) -> None:
    old, new = desk.week(), desk.week(NEXT)
    one, other = desk.action("Раз"), desk.action("Два")
    carry_over(sprint_from=old, sprint_to=new, by=desk.olim, at=NOW, action_ids=[one.pk])
    assert list(old.actions.values_list("pk", flat=True)) == [other.pk]


def test_a_reminder_hears_of_the_carried_due_moment_and_of_the_stale_one(desk: Desk) -> None:
    old, new = desk.week(), desk.week(NEXT)
    action = desk.action(slot_at=tashkent(24, 11))
    due = action.due_at
    desk.said.clear()
    carry_over(sprint_from=old, sprint_to=new, by=desk.olim, at=NOW)
    (said,) = desk.said
    assert (said.action_id, said.slot_at) == (action.pk, None)
    assert set(said.stale) == {due, tashkent(24, 11)}


def test_nobody_carries_into_another_persons_week(desk: Desk) -> None:
    with pytest.raises(Invalid):
        carry_over(
            sprint_from=desk.week(), sprint_to=desk.week(NEXT, desk.office.oksana), by=desk.office.nodira, at=NOW
        )
