"""Working time counted: lunches, weekends, holidays, nights when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given

from tests.worktime.calendars import (
    BERLIN,
    FRIDAY,
    HOUR,
    MINUTE,
    MONDAY,
    SATURDAY,
    SUNDAY,
    amounts,
    at,
    calendars,
    days,
    moments,
    office_hours,
    steady,
)  # fmt: skip
from worktime.calendar import NoWorkingTime, WorkingCalendar


def test_a_working_day_is_two_stretches_around_the_lunch() -> None:
    assert office_hours().windows(FRIDAY) == [
        (at(FRIDAY, "09:00"), at(FRIDAY, "13:00")),
        (at(FRIDAY, "14:00"), at(FRIDAY, "18:00")),
    ]
    assert office_hours().hours_on(FRIDAY) == 8 * HOUR
    assert office_hours(lunch=None).hours_on(FRIDAY) == 9 * HOUR


def test_a_weekend_a_holiday_and_a_day_off_hold_no_work() -> None:
    assert office_hours().windows(SATURDAY) == []
    assert office_hours(holidays=frozenset({FRIDAY})).windows(FRIDAY) == []
    assert office_hours(days_off=frozenset({FRIDAY})).hours_on(FRIDAY) == timedelta()
    assert office_hours().end_of_day(SATURDAY) is None


def test_a_moved_day_works_on_a_weekend_unless_the_person_took_it_off() -> None:
    moved = office_hours(moved=frozenset({SATURDAY}))
    assert moved.hours_on(SATURDAY) == 8 * HOUR
    assert office_hours(moved=frozenset({SATURDAY}), days_off=frozenset({SATURDAY})).hours_on(SATURDAY) == timedelta()


@pytest.mark.parametrize(
    ("clock", "working"),
    [("08:59", False), ("09:00", True), ("12:59", True), ("13:00", False), ("14:00", True), ("18:00", False)],
)
def test_work_runs_from_its_first_moment_to_just_before_its_last(clock: str, working: bool) -> None:
    assert office_hours().is_working(at(FRIDAY, clock)) is working
    assert office_hours().is_working(at(FRIDAY, clock).astimezone(UTC)) is working


def test_the_next_working_moment_skips_the_lunch_and_the_weekend() -> None:
    assert office_hours().next_working_moment(at(FRIDAY, "10:15")) == at(FRIDAY, "10:15")
    assert office_hours().next_working_moment(at(FRIDAY, "13:20")) == at(FRIDAY, "14:00")
    assert office_hours().next_working_moment(at(FRIDAY, "18:00")) == at(MONDAY, "09:00")


def test_added_time_flows_over_the_lunch_and_the_weekend() -> None:
    assert office_hours().add_working(at(FRIDAY, "12:00"), 2 * HOUR) == at(FRIDAY, "15:00")
    assert office_hours().add_working(at(FRIDAY, "17:00"), 2 * HOUR) == at(MONDAY, "10:00")


def test_a_stretch_that_is_filled_ends_at_its_own_end() -> None:
    assert office_hours().add_working(at(FRIDAY, "17:00"), HOUR) == at(FRIDAY, "18:00")
    assert office_hours().add_working(at(FRIDAY, "18:00"), timedelta()) == at(MONDAY, "09:00")


def test_time_between_counts_only_work_and_is_negative_backwards() -> None:
    assert office_hours().working_between(at(FRIDAY, "12:30"), at(MONDAY, "09:30")) == 5 * HOUR
    assert office_hours().working_between(at(MONDAY, "09:30"), at(FRIDAY, "12:30")) == -5 * HOUR


def test_the_last_working_day_steps_back_over_holidays() -> None:
    assert office_hours().last_working_day_of_week(SUNDAY) == FRIDAY
    assert office_hours(holidays=frozenset({FRIDAY})).last_working_day_of_week(FRIDAY) == date(2026, 11, 19)
    assert office_hours().last_working_day_of_month(date(2026, 10, 5)) == date(2026, 10, 30)
    assert office_hours().last_working_day_of_month(date(2026, 12, 31)) == date(2026, 12, 31)
    week = frozenset(date(2026, 11, day) for day in range(16, 23))
    assert office_hours(holidays=week).last_working_day_of_week(FRIDAY) is None


SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # Sundays when Berlin changes its clocks, at two and at three


def nights(**changes: object) -> WorkingCalendar:
    return office_hours(zone=BERLIN, weekdays=frozenset({7}), start=time(0), end=time(8), lunch=None, **changes)


def test_a_night_of_changing_clocks_is_as_long_as_it_really_is() -> None:
    assert nights().hours_on(SPRING) == 7 * HOUR
    assert nights().hours_on(AUTUMN) == 9 * HOUR
    assert nights().working_between(at(AUTUMN, "00:00", BERLIN), at(AUTUMN, "08:00", BERLIN)) == 9 * HOUR
    assert nights().add_working(at(SPRING, "01:00", BERLIN), 2 * HOUR) == at(SPRING, "04:00", BERLIN)


def test_the_hour_that_comes_twice_is_worked_twice() -> None:
    second = at(AUTUMN, "02:30", BERLIN).replace(fold=1)
    assert nights().is_working(second)
    assert nights().working_between(at(AUTUMN, "02:30", BERLIN), second) == HOUR


def test_a_lunch_that_the_clocks_jump_over_takes_no_time_away() -> None:
    calendar = office_hours(
        zone=BERLIN, weekdays=frozenset({7}), start=time(0), end=time(8), lunch=(time(2, 30), time(3))
    )
    assert calendar.hours_on(SPRING) == 7 * HOUR


def test_the_day_after_the_change_keeps_its_clock_hours() -> None:
    calendar = office_hours(zone=BERLIN)
    before, after = date(2026, 3, 27), date(2026, 3, 30)
    assert calendar.windows(before)[0][0] == at(before, "09:00", BERLIN)
    assert calendar.windows(after)[0][0] == at(after, "09:00", BERLIN)
    assert calendar.windows(after)[0][0] - calendar.windows(before)[0][0] == timedelta(days=3) - HOUR


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekdays": frozenset()}, {"weekdays": frozenset({0})}, {"end": time(9)}, {"lunch": (time(8), time(10))},
        {"lunch": (time(14), time(13))}, {"lunch": (time(9), time(18))},
    ],
)  # fmt: skip
def test_hours_without_work_are_no_calendar(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"weekdays|day|lunch"):
        office_hours(**wrong)


def test_a_calendar_that_is_free_for_years_says_so_instead_of_searching_forever() -> None:
    free = office_hours(holidays=frozenset(MONDAY + timedelta(days=shift) for shift in range(5 * 366)))
    with pytest.raises(NoWorkingTime):
        free.next_working_moment(at(MONDAY, "10:00"))
    with pytest.raises(NoWorkingTime):
        free.first_working_day(MONDAY)


def test_time_is_not_added_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        office_hours().add_working(at(FRIDAY, "10:00"), -HOUR)


@steady
@given(calendars(), moments, amounts)
def test_adding_and_measuring_are_inverse(calendar: WorkingCalendar, since: datetime, amount: timedelta) -> None:
    assert calendar.working_between(since, calendar.add_working(since, amount)) == amount


@steady
@given(calendars(), moments, amounts)
def test_added_time_ends_inside_a_stretch_of_work(
    calendar: WorkingCalendar, since: datetime, amount: timedelta
) -> None:
    end = calendar.add_working(since, amount)
    windows = calendar.windows(calendar.local_day(end)) + calendar.windows(calendar.local_day(end - MINUTE))
    assert any(start <= end <= stop for start, stop in windows)
    assert calendar.is_working(calendar.next_working_moment(since))


@steady
@given(calendars(), moments, moments, amounts, amounts)
def test_later_and_longer_never_end_earlier(
    calendar: WorkingCalendar, one: datetime, other: datetime, less: timedelta, more: timedelta
) -> None:
    one, other = sorted((one, other))
    less, more = sorted((less, more))
    assert calendar.add_working(one, less) <= calendar.add_working(other, less)
    assert calendar.add_working(one, less) <= calendar.add_working(one, more)


@steady
@given(calendars(), moments, moments, moments)
def test_measured_time_adds_up(calendar: WorkingCalendar, one: datetime, two: datetime, three: datetime) -> None:
    between = calendar.working_between
    assert between(one, two) + between(two, three) == between(one, three)
    assert abs(between(one, two)) <= abs(two - one)


@steady
@given(calendars(), days)
def test_stretches_are_in_order_and_make_up_the_day(calendar: WorkingCalendar, day: date) -> None:
    windows = calendar.windows(day)
    edges = [edge for window in windows for edge in window]
    assert edges == sorted(edges)
    assert all(start < end for start, end in windows)
    assert all(calendar.local_day(start) == day for start, _end in windows)
    midnight = datetime.combine(day, time(0), calendar.zone)
    next_midnight = datetime.combine(day + timedelta(days=1), time(0), calendar.zone)
    assert calendar.working_between(midnight, next_midnight) == calendar.hours_on(day)
