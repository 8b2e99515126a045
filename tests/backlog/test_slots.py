"""Slots: never in the past, never two at once; the refusal names both and offers the nearest free time."""

from datetime import date, timedelta

import pytest

from backlog.services.actions import update_action
from backlog.services.slots import SlotTaken, free_slot, put_on_slot, take_off_slot
from common.errors import Invalid
from tests.backlog.plan_desk import MONDAY, NOW, Desk, tashkent
from worktime.services import add_day_off

pytestmark = pytest.mark.django_db


def test_a_slot_is_given_and_taken_back(desk: Desk) -> None:
    action = desk.action()
    desk.said.clear()
    put = put_on_slot(action=action, slot_at=tashkent(24, 11), by=desk.olim, at=NOW)
    assert put.slot_at == tashkent(24, 11)
    assert put_on_slot(action=action, slot_at=tashkent(24, 11), by=desk.olim, at=NOW).version == put.version
    assert take_off_slot(action=action, by=desk.olim, at=NOW).slot_at is None
    assert [said.slot_at for said in desk.said] == [tashkent(24, 11), None]
    assert desk.said[1].stale == (tashkent(24, 11),)


def test_a_slot_in_the_past_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid, match="прошёл"):
        put_on_slot(action=desk.action(), slot_at=tashkent(23, 9), by=desk.olim, at=NOW)


def test_an_overlap_names_both_and_offers_the_nearest_free_time(desk: Desk) -> None:
    desk.action("Встреча с оценщиком", slot_at=tashkent(24, 11), minutes=90)
    action = desk.action("Звонок", minutes=60)
    with pytest.raises(SlotTaken, match="«Звонок» пересекается с «Встреча с оценщиком»") as refused:
        put_on_slot(action=action, slot_at=tashkent(24, 12), by=desk.olim, at=NOW)
    # 12:30 would run into the lunch at one o'clock.
    assert refused.value.nearest_free == tashkent(24, 14)
    put_on_slot(action=action, slot_at=tashkent(24, 12, 30), by=desk.olim, at=NOW)


def test_neighbours_may_touch(desk: Desk) -> None:
    desk.action(slot_at=tashkent(24, 11), minutes=60)
    assert put_on_slot(action=desk.action(), slot_at=tashkent(24, 12), by=desk.olim, at=NOW).slot_at


def test_another_persons_slot_is_no_obstacle(desk: Desk) -> None:
    desk.action(slot_at=tashkent(24, 11))
    assert desk.action(owner=desk.office.oksana, slot_at=tashkent(24, 11)).slot_at


def test_a_longer_action_must_not_grow_into_its_neighbour(desk: Desk) -> None:
    action = desk.action(slot_at=tashkent(24, 11), minutes=30)
    desk.action("Сосед", slot_at=tashkent(24, 12))
    assert update_action(action=action, by=desk.olim, at=NOW, changes={"minutes": 60}).minutes == 60
    with pytest.raises(SlotTaken):
        update_action(action=action, by=desk.olim, at=NOW, changes={"minutes": 90})


def test_outside_working_hours_is_allowed(desk: Desk) -> None:
    assert put_on_slot(action=desk.action(), slot_at=tashkent(28, 20), by=desk.olim, at=NOW).slot_at


def test_a_slot_of_another_week_takes_the_action_there_and_an_idea_into_the_plan(desk: Desk) -> None:
    action, idea = desk.action(goal=desk.goal()), desk.action("Идея", sprint=None)
    later = put_on_slot(action=action, slot_at=tashkent(30, 11), by=desk.olim, at=NOW)
    assert later.sprint is not None
    assert (later.sprint.starts_on, later.goal) == (MONDAY + timedelta(days=7), None)
    planned = put_on_slot(action=idea, slot_at=tashkent(24, 11), by=desk.olim, at=NOW)
    assert planned.sprint is not None
    assert planned.sprint.starts_on == MONDAY


def test_free_time_is_outside_lunch_days_off_slots_and_next_steps(desk: Desk) -> None:
    def free(since_hour: int, minutes: int = 60, day: int = 23):
        return free_slot(owner=desk.olim, minutes=minutes, since=tashkent(day, since_hour))

    assert free(10) == tashkent(23, 10)
    assert free(13) == tashkent(23, 14)
    assert free(20) == tashkent(24, 9)
    desk.action(slot_at=tashkent(23, 10), minutes=60)
    lead = desk.office.lead()
    lead.next_action_at = tashkent(23, 11)
    lead.save(update_fields=["next_action_at"])
    assert free(10) == tashkent(23, 11, 30)
    add_day_off(user=desk.olim, by=desk.olim, starts_on=date(2026, 11, 24), ends_on=date(2026, 11, 24), at=NOW)
    assert free(20) == tashkent(25, 9)
