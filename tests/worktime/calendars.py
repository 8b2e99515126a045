"""Calendars for the tests: the plain one, and any that a person could have."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from worktime.calendar import WorkingCalendar

TASHKENT, BERLIN = ZoneInfo("Asia/Tashkent"), ZoneInfo("Europe/Berlin")
ZONES = (TASHKENT, BERLIN, ZoneInfo("Europe/Moscow"), ZoneInfo("America/New_York"), ZoneInfo("UTC"))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, 20 + shift) for shift in range(4))

# The same examples each time: a red test is to be found by whoever made it red.
steady = settings(derandomize=True, database=None, deadline=None)


def office_hours(**changes: object) -> WorkingCalendar:
    """Nine to six with an hour of lunch, Monday to Friday, in Tashkent."""
    fields = {
        "zone": TASHKENT, "weekdays": frozenset({1, 2, 3, 4, 5}), "start": time(9), "end": time(18),
        "lunch": (time(13), time(14)),
    }  # fmt: skip
    return WorkingCalendar(**(fields | changes))  # type: ignore[arg-type]


def at(day: date, clock: str, zone: ZoneInfo = TASHKENT) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone)


BASE = date(2026, 1, 1)
days = st.integers(0, 730).map(lambda shift: BASE + timedelta(days=shift))
moments = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001
    max_value=datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
amounts = st.integers(0, 60 * 200).map(lambda minutes: minutes * MINUTE)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    edges = sorted(draw(st.lists(st.integers(0, 287), min_size=4, max_size=4, unique=True)))
    start, out, back, end = (time(edge // 12, edge % 12 * 5) for edge in edges)
    sets = st.frozensets(days, max_size=20)
    return WorkingCalendar(
        zone=draw(st.sampled_from(ZONES)),
        weekdays=draw(st.frozensets(st.integers(1, 7), min_size=1)),
        start=start, end=end, lunch=draw(st.sampled_from([None, (out, back)])),
        holidays=draw(sets), moved=draw(sets), days_off=draw(sets),
    )  # fmt: skip
