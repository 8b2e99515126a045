"""When an action is due by its priority: in working time, with its edges."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given

from tests.worktime.calendars import (
    BERLIN,
    FRIDAY,
    HOUR,
    MONDAY,
    SATURDAY,
    SUNDAY,
    at,
    calendars,
    moments,
    office_hours,
    steady,
)  # fmt: skip
from worktime.calendar import NoWorkingTime, WorkingCalendar
from worktime.due import NOW, PRIORITIES, THIS_MONTH, THIS_WEEK, TODAY, due_for

THURSDAY, NEXT_FRIDAY = date(2026, 11, 19), date(2026, 11, 27)
MONTHS_END = date(2026, 11, 30)


def due(priority: int, moment: datetime, **changes: object) -> datetime:
    return due_for(priority, moment, office_hours(**changes))


def test_now_is_two_working_hours_over_the_lunch() -> None:
    assert due(NOW, at(FRIDAY, "09:30")) == at(FRIDAY, "11:30")
    assert due(NOW, at(FRIDAY, "12:00")) == at(FRIDAY, "15:00")


def test_now_before_or_after_work_is_counted_from_the_next_start() -> None:
    assert due(NOW, at(FRIDAY, "07:00")) == at(FRIDAY, "11:00")
    assert due(NOW, at(SATURDAY, "12:00")) == at(MONDAY, "11:00")


def test_now_in_the_afternoon_is_due_the_same_day_and_not_next_morning() -> None:
    assert due(NOW, at(FRIDAY, "17:00")) == at(FRIDAY, "18:00")
    assert due(NOW, at(FRIDAY, "17:45")) == at(MONDAY, "10:45")


def test_the_hours_of_now_are_a_setting() -> None:
    assert due_for(NOW, at(FRIDAY, "09:00"), office_hours(), within_hours=HOUR) == at(FRIDAY, "10:00")


def test_today_is_the_end_of_this_day_while_half_an_hour_is_left() -> None:
    assert due(TODAY, at(FRIDAY, "09:00")) == at(FRIDAY, "18:00")
    assert due(TODAY, at(FRIDAY, "17:30")) == at(FRIDAY, "18:00")
    assert due(TODAY, at(FRIDAY, "17:31")) == at(MONDAY, "18:00")


def test_today_on_a_free_day_is_the_next_working_day() -> None:
    assert due(TODAY, at(SUNDAY, "11:00")) == at(MONDAY, "18:00")
    assert due(TODAY, at(FRIDAY, "10:00"), holidays=frozenset({FRIDAY})) == at(MONDAY, "18:00")
    assert due(TODAY, at(SATURDAY, "10:00"), moved=frozenset({SATURDAY})) == at(SATURDAY, "18:00")


def test_this_week_ends_with_its_last_working_day() -> None:
    assert due(THIS_WEEK, at(THURSDAY, "10:00")) == at(FRIDAY, "18:00")
    assert due(THIS_WEEK, at(THURSDAY, "10:00"), holidays=frozenset({FRIDAY})) == at(THURSDAY, "18:00")
    assert due(THIS_WEEK, at(THURSDAY, "10:00"), moved=frozenset({SATURDAY})) == at(SATURDAY, "18:00")


def test_this_week_is_today_on_the_last_afternoon_and_the_next_week_on_a_weekend() -> None:
    assert due(THIS_WEEK, at(FRIDAY, "16:00")) == at(FRIDAY, "18:00")
    assert due(THIS_WEEK, at(FRIDAY, "19:00")) == at(NEXT_FRIDAY, "18:00")
    assert due(THIS_WEEK, at(SATURDAY, "12:00")) == at(NEXT_FRIDAY, "18:00")


def test_a_week_of_leave_moves_the_week_to_the_one_after_it() -> None:
    leave = frozenset(date(2026, 11, day) for day in range(16, 23))
    assert due(THIS_WEEK, at(THURSDAY, "10:00"), days_off=leave) == at(NEXT_FRIDAY, "18:00")


def test_this_month_ends_with_its_last_working_day() -> None:
    assert due(THIS_MONTH, at(THURSDAY, "10:00")) == at(MONTHS_END, "18:00")
    assert due(THIS_MONTH, at(date(2026, 10, 5), "10:00")) == at(date(2026, 10, 30), "18:00")


def test_a_month_that_is_over_gives_way_to_the_next() -> None:
    assert due(THIS_MONTH, at(MONTHS_END, "19:00")) == at(date(2026, 12, 31), "18:00")
    assert due(THIS_MONTH, at(date(2026, 10, 31), "12:00")) == at(MONTHS_END, "18:00")


def test_a_week_that_runs_over_the_months_end_carries_the_month_with_it() -> None:
    assert due(THIS_MONTH, at(MONTHS_END, "10:00")) == at(date(2026, 12, 4), "18:00")


def test_the_day_is_that_of_the_owners_zone() -> None:
    late_in_tashkent = datetime(2026, 11, 19, 20, tzinfo=UTC)  # already Friday there
    assert due(TODAY, late_in_tashkent) == at(FRIDAY, "18:00")
    assert due(TODAY, late_in_tashkent, zone=BERLIN) == at(FRIDAY, "18:00", BERLIN)
    assert due(TODAY, datetime(2026, 11, 19, 12, tzinfo=UTC), zone=BERLIN) == at(THURSDAY, "18:00", BERLIN)


def test_the_week_of_changing_clocks_ends_by_the_clock() -> None:
    before = date(2026, 3, 27)
    assert due(NOW, at(before, "17:50", BERLIN), zone=BERLIN) == at(date(2026, 3, 30), "10:50", BERLIN)


def test_a_day_of_twenty_minutes_counts_until_it_begins() -> None:
    short = {"start": time(9), "end": time(9, 20), "lunch": None}
    assert due(TODAY, at(FRIDAY, "08:00"), **short) == at(FRIDAY, "09:20")
    assert due(TODAY, at(FRIDAY, "09:01"), **short) == at(MONDAY, "09:20")


@pytest.mark.parametrize("wrong", [-1, 4, 7])
def test_there_is_no_other_priority(wrong: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 3"):
        due(wrong, at(FRIDAY, "10:00"))


@pytest.mark.parametrize("priority", PRIORITIES)
def test_nobody_who_never_works_owes_anything(priority: int) -> None:
    free = frozenset(THURSDAY + timedelta(days=shift) for shift in range(5 * 366))
    with pytest.raises(NoWorkingTime):
        due(priority, at(FRIDAY, "10:00"), holidays=free)


@steady
@given(calendars(), moments)
def test_a_higher_priority_is_never_due_later(calendar: WorkingCalendar, moment: datetime) -> None:
    dues = [due_for(priority, moment, calendar) for priority in PRIORITIES]
    assert dues == sorted(dues)
    assert moment < dues[0]


@steady
@given(calendars(), moments, moments)
def test_what_is_put_down_later_is_never_due_earlier(calendar: WorkingCalendar, one: datetime, other: datetime) -> None:
    one, other = sorted((one, other))
    assert all(due_for(p, one, calendar) <= due_for(p, other, calendar) for p in PRIORITIES)
