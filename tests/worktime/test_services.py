"""Setting hours, taking days off, keeping the bank's holidays: what is saved and what is refused."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed, NotFound
from tests.office import Office
from worktime import selectors, services
from worktime.holidays import HOLIDAYS
from worktime.models import DayOff, Holiday, Region, WorkSchedule

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


def fields(refusal: Invalid) -> dict[str, str]:
    return {error.field: error.code for error in refusal.errors}


def set_hours(office: Office, **changes: Any) -> WorkSchedule:
    return services.set_schedule(user=office.olim, by=office.olim, changes=changes)


def take_off(office: Office, first: date, last: date, note: str = "") -> DayOff:
    return services.add_day_off(user=office.olim, by=office.olim, starts_on=first, ends_on=last, note=note, at=NOW)


def holiday(office: Office, **changes: Any) -> Holiday:
    wanted = {"region": "UZ", "day": date(2026, 11, 20), "name": "Рамазан хайит"} | changes
    return services.save_holiday(by=office.adiba, holiday=None, changes=wanted)


def test_hours_are_set_once_and_changed_after(office: Office) -> None:
    set_hours(office, start=time(10), end=time(19))
    set_hours(office, weekdays=[6, 1, 2, 2])
    kept = WorkSchedule.objects.get(user=office.olim)
    assert (kept.start, kept.end, kept.weekdays) == (time(10), time(19), [1, 2, 6])
    assert kept.version == 2


def test_the_same_hours_again_change_nothing(office: Office) -> None:
    set_hours(office, start=time(10))
    assert set_hours(office, start=time(10)).version == 1


def test_an_older_page_does_not_overwrite_newer_hours(office: Office) -> None:
    for version in (0, 1):
        services.set_schedule(
            user=office.olim, by=office.olim, changes={"start": time(8 + version)}, expected_version=version
        )
    for old in (0, 1):
        with pytest.raises(StaleVersion):
            services.set_schedule(user=office.olim, by=office.olim, changes={"start": time(7)}, expected_version=old)
    assert WorkSchedule.objects.get(user=office.olim).start == time(9)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"start": time(18), "end": time(9)}, {"end": "order"}),
        ({"start": time(9), "end": time(9)}, {"end": "order"}),
        ({"start": time(5), "end": time(21, 1)}, {"end": "range"}),
        ({"lunch_start": time(8)}, {"lunch_start": "range"}),
        ({"lunch_end": time(18, 30)}, {"lunch_end": "range"}),
        ({"lunch_start": time(15)}, {"lunch_end": "order"}),
        ({"lunch_start": None}, {"lunch_start": "required"}),
        ({"lunch_end": None}, {"lunch_end": "required"}),
        ({"lunch_start": time(9), "lunch_end": time(18)}, {"lunch_end": "range"}),
        ({"weekdays": []}, {"weekdays": "required"}),
        ({"weekdays": [0, 8]}, {"weekdays": "invalid"}),
        ({"region": "XX"}, {"region": "invalid"}),
        ({"end": time(8), "weekdays": []}, {"end": "order", "weekdays": "required"}),
    ],
)
def test_hours_that_cannot_be_are_refused_at_their_fields(
    office: Office, changes: Mapping[str, Any], wrong: Mapping[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        set_hours(office, **changes)
    assert fields(refused.value) == wrong
    assert not WorkSchedule.objects.exists()


def test_sixteen_hours_and_no_lunch_are_allowed(office: Office) -> None:
    set_hours(office, start=time(5), end=time(21), lunch_start=None, lunch_end=None)
    assert selectors.calendar_of(office.olim).hours_on(FRIDAY) == timedelta(hours=16)


def test_the_base_itself_keeps_lunch_inside_the_hours(office: Office) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkSchedule.objects.create(user=office.olim, lunch_end=time(20))


def test_only_oneself_and_an_administrator_set_hours_and_days_off(office: Office) -> None:
    with pytest.raises(NotAllowed):
        services.set_schedule(user=office.olim, by=office.nodira, changes={"start": time(8)})
    with pytest.raises(NotAllowed):
        services.add_day_off(user=office.olim, by=office.nodira, starts_on=FRIDAY, ends_on=FRIDAY, at=NOW)
    taken = take_off(office, FRIDAY, FRIDAY)
    with pytest.raises(NotAllowed):
        services.remove_day_off(day_off=taken, by=office.nodira)
    services.set_schedule(user=office.olim, by=office.adiba, changes={"start": time(8)})
    services.remove_day_off(day_off=taken, by=office.adiba)
    assert not DayOff.objects.exists()


def test_days_off_include_both_ends_and_free_the_calendar(office: Office) -> None:
    take_off(office, FRIDAY, MONDAY, "отпуск")
    calendar = selectors.calendar_of(office.olim)
    assert not calendar.is_working_day(FRIDAY)
    assert not calendar.is_working_day(MONDAY)
    assert calendar.is_working_day(MONDAY + timedelta(days=1))
    assert selectors.calendar_of(office.oksana).is_working_day(FRIDAY)


def test_the_same_days_off_twice_are_one(office: Office) -> None:
    assert take_off(office, FRIDAY, MONDAY).pk == take_off(office, FRIDAY, MONDAY, "ещё раз").pk


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (MONDAY, FRIDAY, "order"),
        (FRIDAY, FRIDAY + timedelta(days=366), "range"),
        (date(2029, 1, 1), date(2029, 1, 2), "range"),
        (date(1026, 1, 1), date(1026, 1, 2), "range"),
        (date.max, date.max, "range"),
    ],
)
def test_days_off_that_cannot_be_are_refused(office: Office, first: date, last: date, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        take_off(office, first, last)
    assert fields(refused.value) == {"ends_on": code}


def test_removing_a_day_off_twice_does_no_harm(office: Office) -> None:
    taken = take_off(office, FRIDAY, FRIDAY)
    for _press in range(2):
        services.remove_day_off(day_off=taken, by=office.olim)
    with pytest.raises(NotFound):
        selectors.get_day_off(office.olim, taken.pk)


def test_a_strangers_day_off_is_not_found(office: Office) -> None:
    taken = take_off(office, FRIDAY, FRIDAY)
    with pytest.raises(NotFound):
        selectors.get_day_off(office.nodira, taken.pk)
    assert selectors.get_day_off(office.olim, taken.pk) == taken


def test_a_holiday_frees_its_region_only(office: Office) -> None:
    services.set_schedule(user=office.oksana, by=office.oksana, changes={"region": Region.RU})
    holiday(office)
    calendars = selectors.calendars_of([office.olim, office.oksana])
    assert not calendars[office.olim.pk].is_working_day(FRIDAY)
    assert calendars[office.oksana.pk].is_working_day(FRIDAY)


def test_a_moved_day_works_on_a_saturday(office: Office) -> None:
    saturday = date(2026, 11, 21)
    made = holiday(office, day=saturday, working=True)
    assert selectors.calendar_of(office.olim).is_working_day(saturday)
    services.save_holiday(by=office.adiba, holiday=made, changes={"working": False}, expected_version=1)
    assert not selectors.calendar_of(office.olim).is_working_day(saturday)
    services.remove_holiday(by=office.adiba, holiday=made)
    services.remove_holiday(by=office.adiba, holiday=made)
    assert not Holiday.objects.filter(day=saturday).exists()


def test_a_region_has_a_date_once(office: Office) -> None:
    holiday(office)
    holiday(office, region="RU")
    with pytest.raises(services.HolidayExists) as refused:
        holiday(office, name="Ещё раз")
    assert refused.value.errors[0].field == "day"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": "  "}, {"name": "required"}), ({"name": "я" * 121}, {"name": "length"}),
        ({"day": date(1926, 1, 1)}, {"day": "range"}), ({"region": "XX"}, {"region": "invalid"}),
    ],
)  # fmt: skip
def test_a_holiday_that_cannot_be_is_refused(office: Office, changes: dict[str, Any], wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        holiday(office, **changes)
    assert fields(refused.value) == wrong


def test_only_an_administrator_keeps_the_holidays(office: Office) -> None:
    made = holiday(office)
    for who in (office.olim, office.nodira, office.aziz):
        with pytest.raises(NotAllowed):
            services.save_holiday(by=who, holiday=None, changes={"region": "UZ", "day": MONDAY, "name": "Свой"})
        with pytest.raises(NotAllowed):
            services.remove_holiday(by=who, holiday=made)
    with pytest.raises(NotAllowed):
        selectors.holidays(office.olim, region="UZ", year=2026)
    assert made in selectors.holidays(office.aziz, region="UZ", year=2026)


def test_without_a_row_the_defaults_hold(office: Office) -> None:
    calendar = selectors.calendar_of(office.olim)
    assert (calendar.start, calendar.end, calendar.lunch) == (time(9), time(18), (time(13), time(14)))
    assert calendar.weekdays == frozenset({1, 2, 3, 4, 5})
    assert calendar.zone == office.olim.zone
    assert not calendar.is_working_day(date(2027, 9, 1))


def test_calendars_of_many_cost_as_much_as_of_one(office: Office, django_assert_num_queries: Any) -> None:
    people = [office.olim, office.oksana, office.nodira, office.lola]
    with django_assert_num_queries(3):
        assert len(selectors.calendars_of(people)) == 4
    with django_assert_num_queries(3):
        selectors.calendar_of(office.olim)


def test_the_base_starts_with_the_holidays_of_the_law() -> None:
    assert {(row.region, row.day) for row in Holiday.objects.all()} >= {row[:2] for row in HOLIDAYS}
    assert len({row[:2] for row in HOLIDAYS}) == len(HOLIDAYS)
    moved = [day for _region, day, name in HOLIDAYS if name.startswith("Перенос")]
    assert all(day.isoweekday() < 6 for day in moved)


@pytest.mark.parametrize("name", ["WorkSchedule", "Holiday", "DayOff"])
def test_changes_leave_a_trail(office: Office, name: str) -> None:
    set_hours(office, start=time(10))
    take_off(office, FRIDAY, FRIDAY)
    holiday(office)
    assert apps.get_model("worktime", f"{name}Event").objects.exists()
