"""A time of day is one moment of every day, also of those on which the clocks are changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.wall import face_of, moment_of
from tests.notifications.desk import BERLIN, MOSCOW, TASHKENT

ZONES = st.sampled_from([BERLIN, MOSCOW, TASHKENT, *map(ZoneInfo, ("America/New_York", "Australia/Lord_Howe", "UTC"))])
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "moment"),
    [
        (SPRING, time(2, 30), BERLIN, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),  # 02:30 does not exist: 03:00
        (SPRING, time(1, 59), BERLIN, datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (SPRING, time(3, 0), BERLIN, datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (AUTUMN, time(2, 30), BERLIN, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # comes twice: the first
        (AUTUMN, time(3, 0), BERLIN, datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
        (SPRING, time(9, 0), TASHKENT, datetime(2026, 3, 29, 4, 0, tzinfo=UTC)),
        (SPRING, time(9, 0), MOSCOW, datetime(2026, 3, 29, 6, 0, tzinfo=UTC)),
    ],
)
def test_the_moment_of_a_clock_face(day: date, clock: time, zone: ZoneInfo, moment: datetime) -> None:
    assert moment_of(day, clock, zone) == moment


def test_without_care_the_gap_would_be_read_by_the_old_clock() -> None:
    """The negative control: Python takes 02:30 of that night for 03:30."""
    careless = datetime.combine(SPRING, time(2, 30), BERLIN).astimezone(UTC)
    assert face_of(careless, BERLIN) == "2026-03-29T03:30"
    assert face_of(moment_of(SPRING, time(2, 30), BERLIN), BERLIN) == "2026-03-29T03:00"


@given(DAYS, CLOCKS, ZONES)
def test_it_is_shown_by_the_clock_or_is_the_next_minute_that_is(day: date, clock: time, zone: ZoneInfo) -> None:
    moment = moment_of(day, clock, zone)
    asked, shown = datetime.combine(day, clock), moment.astimezone(zone).replace(tzinfo=None)
    assert shown >= asked
    if shown != asked:  # a gap: the minute before is the last one before the jump
        before = (moment - timedelta(minutes=1)).astimezone(zone).replace(tzinfo=None)
        assert before < asked
        assert shown - before > timedelta(minutes=1)


@given(DAYS, CLOCKS, ZONES)
def test_of_two_moments_with_the_same_face_it_is_the_first(day: date, clock: time, zone: ZoneInfo) -> None:
    moment = moment_of(day, clock, zone)
    earlier = (moment - timedelta(hours=hours / 2) for hours in range(1, 5))
    assert all(one.astimezone(zone).replace(tzinfo=None) < datetime.combine(day, clock) for one in earlier)


@given(DAYS, CLOCKS, CLOCKS, ZONES)
def test_a_later_face_of_a_day_never_comes_first(day: date, one: time, other: time, zone: ZoneInfo) -> None:
    early, late = sorted([one, other])
    assert moment_of(day, early, zone) <= moment_of(day, late, zone)


@given(DAYS, CLOCKS, ZONES)
def test_each_day_has_its_own_moment(day: date, clock: time, zone: ZoneInfo) -> None:
    assert moment_of(day, clock, zone) < moment_of(day + timedelta(days=1), clock, zone)
