"""Actions come, change and go; what makes no sense is refused in words."""

from datetime import timedelta
from decimal import Decimal

import pytest

from backlog.choices import ActionStatus, Priority, PriorityCause
from backlog.models import Action, PriorityChange
from backlog.services.actions import create_action, drop_action, hand_over, restore_action, update_action
from backlog.services.priorities import set_pinned, set_priority
from backlog.services.reworking import duplicate_action, replace_action, set_follows, split_action
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from tests.backlog.plan_desk import NOW, Desk, tashkent

pytestmark = pytest.mark.django_db


def _fields(refused: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {error.field for error in refused.value.errors}


def test_the_due_moment_follows_the_priority_in_working_time(desk: Desk) -> None:
    dues = [desk.action(priority=number).due_at for number in Priority.values]
    assert dues == [tashkent(23, 12), tashkent(23, 18), tashkent(27, 18), tashkent(30, 18)]


def test_an_action_takes_week_and_segment_from_its_goal_and_party_from_its_lead(desk: Desk) -> None:
    goal, lead = desk.goal(), desk.office.lead()
    made = desk.action(goal=goal, lead=lead)
    assert (made.sprint, made.segment, made.party) == (goal.sprint, goal.segment, lead.party)


def test_without_a_week_it_is_an_idea_and_nobody_is_reminded(desk: Desk) -> None:
    idea = desk.action(sprint=None)
    assert idea.is_idea
    assert [(said.due_at, said.slot_at) for said in desk.said] == [(None, None)]


def test_a_new_action_is_announced_with_its_due_moment_and_slot(desk: Desk) -> None:
    made = desk.action(slot_at=tashkent(23, 15))
    (said,) = desk.said
    assert (said.action_id, said.owner_id, said.due_at, said.slot_at) == (
        made.pk, desk.olim.pk, made.due_at, tashkent(23, 15),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "я" * 201}, "title"),
        ({"priority": 7}, "priority"),
        ({"priority": True}, "priority"),
        ({"minutes": 30 * 60}, "minutes"),
        ({"minutes": 4}, "minutes"),
        ({"kind": "dance"}, "kind"),
        ({"expected": Decimal(-1)}, "expected"),
        ({"due_at": NOW - timedelta(hours=1)}, "due_at"),
        ({"slot_at": NOW - timedelta(hours=1)}, "slot_at"),
        ({"location": "м" * 121}, "location"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(desk: Desk, wrong: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk.action(**wrong)
    assert _fields(refused) == {field}
    assert not Action.objects.exists()


def test_priority_seven_and_a_thirty_hour_day_say_what_is_possible(desk: Desk) -> None:
    with pytest.raises(Invalid, match="0 — часы") as refused:
        desk.action(priority=7, minutes=30 * 60)
    assert any("12 часов" in error.message for error in refused.value.errors)


def test_the_same_source_gives_the_action_that_stands(desk: Desk) -> None:
    first = desk.action(sprung_from="reply:1")
    assert desk.action("Другое", sprung_from="reply:1").pk == first.pk
    assert len(desk.said) == 1


def test_nobody_plans_for_a_stranger(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.action(owner=desk.office.sitora, by=desk.olim, sprint=None)
    with pytest.raises(NotAllowed):
        desk.action(by=desk.office.aziz, sprint=None)
    with pytest.raises(Invalid):
        create_action(owner=desk.office.oksana, title="Чужая цель", by=desk.office.oksana, at=NOW, goal=desk.goal())


def test_an_update_changes_what_it_names_and_says_so_only_when_time_changed(desk: Desk) -> None:
    action = desk.action()
    desk.said.clear()
    changed = update_action(action=action, by=desk.olim, at=NOW, changes={"title": " Обзвон  ", "minutes": 60})
    assert (changed.title, changed.minutes, desk.said) == ("Обзвон", 60, [])
    update_action(action=action, by=desk.olim, at=NOW, changes={"due_at": tashkent(24, 12)})
    assert desk.said[0].stale == (action.due_at,)
    with pytest.raises(StaleVersion):
        update_action(action=action, by=desk.olim, at=NOW, changes={"title": "Поздно"}, expected_version=action.version)
    with pytest.raises(Invalid):
        update_action(action=action, by=desk.olim, at=NOW, changes={"status": "done"})


def test_a_dropped_action_keeps_why_and_comes_back(desk: Desk) -> None:
    action = desk.action(slot_at=tashkent(23, 15))
    desk.said.clear()
    dropped = drop_action(action=action, by=desk.olim, at=NOW, reason="неактуально")
    assert (dropped.status, dropped.slot_at, dropped.note) == (ActionStatus.DROPPED, None, "Снято: неактуально")
    assert set(desk.said[0].stale) == {action.due_at, tashkent(23, 15)}
    drop_action(action=action, by=desk.olim, at=NOW)
    assert len(desk.said) == 1
    later = tashkent(30, 10)
    back = restore_action(action=action, by=desk.olim, at=later)
    assert back.is_open
    assert back.due_at > later
    assert restore_action(action=action, by=desk.olim, at=later).version == back.version


def test_an_action_with_a_result_is_neither_dropped_nor_restored(desk: Desk) -> None:
    action = desk.action()
    Action.objects.update(status=ActionStatus.DONE)
    for deed in (drop_action, restore_action):
        with pytest.raises(Invalid):
            deed(action=action, by=desk.olim, at=NOW)


def test_a_split_shares_the_time_and_keeps_the_first_parts_history(desk: Desk) -> None:
    action = desk.action(minutes=60, goal=desk.goal(), priority=1)
    parts = split_action(action=action, titles=["Список", "", "Звонки"], by=desk.olim, at=NOW)
    assert [(part.title, part.minutes, part.goal_id, part.priority) for part in parts] == [
        ("Список", 30, action.goal_id, 1), ("Звонки", 30, action.goal_id, 1),
    ]  # fmt: skip
    assert parts[0].pk == action.pk
    with pytest.raises(Invalid):
        split_action(action=action, titles=["Одна"], by=desk.olim, at=NOW)


def test_a_duplicate_has_no_slot_and_no_source(desk: Desk) -> None:
    action = desk.action(slot_at=tashkent(23, 15), sprung_from="reply:2")
    twin = duplicate_action(action=action, by=desk.olim, at=NOW)
    assert (twin.slot_at, twin.sprung_from, twin.title) == (None, "", action.title)


def test_a_replacement_stands_where_the_old_one_stood(desk: Desk) -> None:
    action = desk.action(goal=desk.goal())
    made = replace_action(action=action, title="Встреча", by=desk.olim, at=NOW)
    action.refresh_from_db()
    assert (made.goal, made.position) == (action.goal, action.position)
    assert (action.status, "Встреча" in action.note) == (ActionStatus.DROPPED, True)


def test_a_ring_of_next_actions_is_refused_and_named(desk: Desk) -> None:
    first, second, third = (desk.action(title) for title in ("Первое", "Второе", "Третье"))
    set_follows(action=second, follows=first, by=desk.olim, at=NOW)
    set_follows(action=third, follows=second, by=desk.olim, at=NOW)
    with pytest.raises(Invalid, match="«Первое» → «Третье» → «Второе» → «Первое»"):
        set_follows(action=first, follows=third, by=desk.olim, at=NOW)
    with pytest.raises(Invalid):
        set_follows(action=first, follows=first, by=desk.olim, at=NOW)
    assert set_follows(action=third, follows=None, by=desk.olim, at=NOW).follows is None


def test_handing_over_takes_the_action_into_the_colleagues_week(desk: Desk) -> None:
    action = desk.action(goal=desk.goal(), slot_at=tashkent(23, 15))
    given = hand_over(action=action, to=desk.office.oksana, by=desk.office.nodira, at=NOW)
    assert given.sprint is not None
    assert (given.owner, given.sprint.owner, given.goal, given.slot_at) == (
        desk.office.oksana, desk.office.oksana, None, None,
    )  # fmt: skip
    assert desk.said[-1].owner_id == desk.office.oksana.pk
    with pytest.raises(NotAllowed):
        hand_over(action=given, to=desk.office.sitora, by=desk.olim, at=NOW)


def test_a_change_of_priority_keeps_who_when_from_to_and_why(desk: Desk) -> None:
    action = desk.action(priority=2)
    changed = set_priority(
        action=action, to=0, by=desk.office.nodira, at=NOW, reason="звонил сам", proposed=1
    )  # fmt: skip
    assert (changed.priority, changed.priority_own, changed.priority_reason) == (0, True, "звонил сам")
    assert changed.due_at == tashkent(23, 12)
    kept = PriorityChange.objects.get()
    assert (kept.by, kept.at, kept.before, kept.after, kept.reason, kept.proposed, kept.cause) == (
        desk.office.nodira, NOW, 2, 0, "звонил сам", 1, PriorityCause.OWN,
    )  # fmt: skip
    taken = set_priority(action=action, to=1, by=desk.olim, at=NOW, cause=PriorityCause.PROPOSAL)
    assert (taken.priority_own, taken.priority_reason) == (False, "")


def test_the_same_priority_writes_nothing(desk: Desk) -> None:
    action = desk.action(priority=2)
    assert set_priority(action=action, to=2, by=desk.olim, at=NOW).version == action.version
    assert not PriorityChange.objects.exists()


def test_a_pin_holds_until_it_is_taken_off(desk: Desk) -> None:
    action = desk.action()
    assert set_pinned(action=action, pinned=True, by=desk.olim, at=NOW).pinned
    assert not set_pinned(action=action, pinned=False, by=desk.olim, at=NOW).pinned
