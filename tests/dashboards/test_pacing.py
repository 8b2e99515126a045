"""Pace by working days: a holiday is no delay, a plan of nothing is no division by nothing."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dashboards.days import midnight
from dashboards.pacing import Pace, Stand, calendar_for, pace_of
from tests.office import Office
from worktime.models import Holiday

pytestmark = pytest.mark.django_db
MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 29)


def paced(office: Office, days: float, *, fact: int = 2, plan: int | None = 10) -> Pace:
    at = midnight(MONDAY) + timedelta(days=days)
    return pace_of(
        first=MONDAY, last=SUNDAY, fact=Decimal(fact), plan=None if plan is None else Decimal(plan), at=at,
        calendar=calendar_for(office.olim),
    )  # fmt: skip


def test_two_of_five_working_days_want_two_fifths_of_the_plan(office: Office) -> None:
    found = paced(office, 2)
    assert (found.stand, found.share, found.due) == (Stand.RUNNING, Decimal("0.4"), Decimal(4))
    assert found.value == Decimal("0.5")
    assert found.projected == 5


def test_the_weekend_wants_nothing_more(office: Office) -> None:
    assert paced(office, 5).value == paced(office, 6.5).value


def test_a_holiday_is_no_delay(office: Office) -> None:
    Holiday.objects.create(region="UZ", day=MONDAY, name="Праздник")
    found = paced(office, 2)
    assert found.share == Decimal("0.25")


def test_before_the_first_hour_of_work_there_is_no_pace(office: Office) -> None:
    found = paced(office, 0.2, fact=0)
    assert (found.stand, found.value, found.projected) == (Stand.AHEAD, None, None)


def test_a_period_ahead_has_no_pace(office: Office) -> None:
    assert paced(office, -30, fact=0).stand == Stand.AHEAD


def test_a_plan_of_nothing_is_not_divided_by(office: Office) -> None:
    found = paced(office, 2, plan=0)
    assert (found.stand, found.value, found.done) == (Stand.ZERO_PLAN, None, None)


def test_without_a_plan_there_is_a_fact(office: Office) -> None:
    found = paced(office, 2, plan=None)
    assert (found.stand, found.fact, found.value) == (Stand.NO_PLAN, 2, None)


def test_a_period_that_is_over_is_its_own_end(office: Office) -> None:
    found = paced(office, 9, fact=8)
    assert (found.stand, found.share, found.projected, found.done) == (Stand.OVER, 1, 8, Decimal("0.8"))
