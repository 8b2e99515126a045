"""When each subject rings: ahead, at the moment, in working days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications import chains
from notifications.choices import Quiet, ReminderKind
from notifications.models import NotificationSettings
from notifications.quiet import leaves_at
from tests.notifications.desk import BERLIN, MOSCOW, NOON, TASHKENT
from worktime.calendar import WorkingCalendar

MONDAY_TO_FRIDAY = frozenset(range(1, 6))


def calendar(zone: ZoneInfo = TASHKENT, **changes: object) -> WorkingCalendar:
    hours: dict[str, object] = {"weekdays": MONDAY_TO_FRIDAY, "start": time(9), "end": time(18)}
    return WorkingCalendar(zone=zone, lunch=(time(13), time(14)), **hours | changes)  # type: ignore[arg-type]


def faces(chain: chains.Chain, zone: ZoneInfo) -> list[str]:
    return [f"{ring.due_at.astimezone(zone):%d.%m %H:%M}" for ring in chain]


def test_a_step_rings_a_quarter_of_an_hour_ahead_and_once_it_is_late() -> None:
    assert faces(chains.of_step(NOON), TASHKENT) == ["25.11 11:45", "25.11 12:00"]


def test_an_action_rings_an_hour_ahead_a_slot_a_quarter() -> None:
    assert faces(chains.of_action(NOON), TASHKENT) == ["25.11 11:00", "25.11 12:00"]
    assert faces(chains.of_slot(NOON), TASHKENT) == ["25.11 11:45"]


@pytest.mark.parametrize(
    ("meeting", "eve"),
    [
        (NOON, "24.11 18:00"),
        (datetime(2026, 11, 30, 10, tzinfo=TASHKENT), "27.11 18:00"),  # Monday: on Friday evening
    ],
)
def test_a_meeting_rings_on_the_evening_of_the_working_day_before(meeting: datetime, eve: str) -> None:
    chain = chains.of_meeting(meeting, calendar())
    soon = meeting - timedelta(minutes=30)
    assert faces(chain, TASHKENT) == [eve, f"{soon:%d.%m %H:%M}"]
    assert chain[0].wall_at.endswith("18:00")
    assert chain[0].zone == "Asia/Tashkent"


def test_who_leaves_at_five_is_reminded_at_five() -> None:
    chain = chains.of_meeting(NOON, calendar(end=time(17)))
    assert faces(chain, TASHKENT)[0] == "24.11 17:00"


def test_a_promise_rings_in_the_morning_three_days_before_and_on_the_day() -> None:
    assert faces(chains.of_promise(date(2026, 11, 26), calendar()), TASHKENT) == ["23.11 09:00", "26.11 09:00"]


def test_a_promise_due_on_a_free_day_rings_before_it_not_after() -> None:
    assert faces(chains.of_promise(date(2026, 11, 29), calendar()), TASHKENT) == ["26.11 09:00", "27.11 09:00"]


def test_two_mornings_that_fall_together_ring_once() -> None:
    rest = frozenset(date(2026, 11, day) for day in range(23, 27))
    assert faces(chains.of_promise(date(2026, 11, 26), calendar(days_off=rest)), TASHKENT) == ["20.11 09:00"]


def test_the_morning_is_that_of_the_owners_zone() -> None:
    moscow, tashkent = (chains.of_promise(date(2026, 11, 26), calendar(zone))[-1] for zone in (MOSCOW, TASHKENT))
    assert (moscow.due_at - tashkent.due_at) == timedelta(hours=2)


@pytest.mark.parametrize(("day", "utc_hour"), [(date(2026, 3, 27), 8), (date(2026, 3, 30), 7), (date(2026, 10, 26), 8)])
def test_the_morning_keeps_its_face_when_the_clocks_change(day: date, utc_hour: int) -> None:
    ring = chains.of_promise(day, calendar(BERLIN))[-1]
    assert ring.due_at == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    assert ring.wall_at == f"{day}T09:00"


def test_what_has_passed_is_not_planned() -> None:
    chain = chains.of_step(NOON)
    found = [chains.ahead(chain, NOON + timedelta(minutes=late), NOON) for late in (-60, -5, 0, 5)]
    assert [[(ring.kind, ring.due_at - NOON) for ring in rings] for rings in found] == [
        [(ReminderKind.STEP, -timedelta(minutes=15)), (ReminderKind.STEP_OVERDUE, timedelta())],
        [(ReminderKind.STEP, -timedelta(minutes=5)), (ReminderKind.STEP_OVERDUE, timedelta())],
        [],
        [],
    ]


def chosen(quiet: str, start: time | None = None, end: time | None = None) -> NotificationSettings:
    return NotificationSettings(quiet=quiet, quiet_from=start, quiet_to=end)


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("25.11 12:00", "25.11 12:00"),
        ("25.11 13:30", "25.11 13:30"),  # lunch is no reason to be silent
        ("25.11 18:10", "25.11 18:10"),  # what was due at six and took a moment
        ("25.11 18:20", "26.11 09:00"),
        ("25.11 07:00", "25.11 09:00"),
        ("27.11 20:00", "30.11 09:00"),  # over the weekend
    ],
)
def test_outside_working_time_nothing_leaves(at: str, leaves: str) -> None:
    moment = datetime.strptime(f"2026 {at}", "%Y %d.%m %H:%M").replace(tzinfo=TASHKENT)
    due = leaves_at(moment, chosen(Quiet.CALENDAR), calendar())
    assert f"{due.astimezone(TASHKENT):%d.%m %H:%M}" == leaves


@pytest.mark.parametrize(
    ("quiet", "at", "leaves"),
    [
        ((time(22), time(8)), "23:00", "25.11 08:00"),
        ((time(22), time(8)), "07:59", "24.11 08:00"),
        ((time(22), time(8)), "08:00", "24.11 08:00"),
        ((time(12), time(15)), "13:00", "24.11 15:00"),
        ((time(12), time(15)), "11:59", "24.11 11:59"),
    ],
)
def test_own_quiet_hours_may_run_over_midnight(quiet: tuple[time, time], at: str, leaves: str) -> None:
    moment = datetime.strptime(f"2026-11-24 {at}", "%Y-%m-%d %H:%M").replace(tzinfo=TASHKENT)
    due = leaves_at(moment, chosen(Quiet.OWN, *quiet), calendar())
    assert f"{due.astimezone(TASHKENT):%d.%m %H:%M}" == leaves


def test_quiet_hours_that_end_in_the_gap_end_when_the_clocks_go_on() -> None:
    moment = datetime(2026, 3, 28, 23, tzinfo=BERLIN)
    due = leaves_at(moment, chosen(Quiet.OWN, time(22), time(2, 30)), calendar(BERLIN))
    assert due == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_who_wants_no_quiet_hears_at_any_hour() -> None:
    moment = datetime(2026, 11, 29, 3, tzinfo=TASHKENT)
    assert leaves_at(moment, chosen(Quiet.NEVER), calendar()) == moment
