"""Plan and fact of a week: counted from entries by whose the lead was then, nobody twice, the pace by working time."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import User
from agents.models import Segment
from funnel import log, rollups
from funnel.figures.days import midnight
from funnel.models import Stage, StageEntry
from leads.models import Lead
from leads.services.editing import assign
from plans.services import open_plan, set_targets
from plans.week import Asked, PlanWeek, plan_week
from tests.office import Office

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)  # Wednesday, eleven in Tashkent: 18 of 40 working hours are gone


@pytest.fixture(autouse=True)
def _wednesday() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def _lead(office: Office, owner: User | None = None, segment: Segment | None = None, at: datetime = NOW) -> Lead:
    with time_machine.travel(at, tick=False):
        return office.lead(owner, segment_id=(segment or office.segment).pk)


def _week(
    office: Office,
    viewer: User | None = None,
    owners: list[User] | None = None,
    monday: date = MONDAY,
    at: datetime = NOW,
) -> PlanWeek:
    rollups.refresh(at=at)
    return _read(office, viewer, owners, monday, at)


def _read(office: Office, viewer: User | None, owners: list[User] | None, monday: date, at: datetime) -> PlanWeek:
    stages = list(Stage.objects.of_kind("agent").active())
    bounds = midnight(monday), midnight(monday + timedelta(days=7))
    return plan_week(Asked(viewer or office.olim, monday, stages, owners, *bounds, at))


def _planned(office: Office, target: int = 10, owner: User | None = None, segment: Segment | None = None) -> None:
    owner = owner or office.olim
    plan = open_plan(owner=owner, segment=segment or office.segment, week=MONDAY, by=owner, at=NOW)
    set_targets(plan=plan, by=owner, at=NOW, targets={office.stage("contact"): target})


def test_the_fact_is_first_entries_of_the_week_by_whose_they_were(office: Office) -> None:
    _planned(office)
    _lead(office)
    _lead(office, at=NOW - timedelta(days=2))
    _lead(office, at=NOW - timedelta(days=3))  # Sunday
    handed = _lead(office)
    assign(lead=handed, owner=office.oksana, by=office.nodira, at=NOW)
    cell = _week(office, owners=[office.olim]).rows[0].cells[0]
    assert (cell.target, cell.fact) == (10, 3)


def test_a_lead_that_comes_back_to_a_stage_is_counted_once(office: Office) -> None:
    _planned(office)
    lead = _lead(office)
    entry = StageEntry.objects.filter(lead_id=lead.pk).get()
    entry.pk, entry.event, entry.at = None, "returned", NOW
    log.record([entry])
    assert _week(office).rows[0].cells[0].fact == 1


def test_the_pace_follows_the_owners_working_hours(office: Office) -> None:
    _planned(office, 40)
    assert _week(office).rows[0].cells[0].pace == Decimal(18)
    assert _week(office, at=midnight(MONDAY)).rows[0].cells[0].pace == Decimal(0)
    assert _week(office, at=NOW + timedelta(days=7)).rows[0].cells[0].pace == Decimal(40)


def test_a_week_that_has_not_begun_has_no_pace(office: Office) -> None:
    _planned(office, 40)
    assert _week(office, at=midnight(MONDAY) - timedelta(seconds=1)).rows[0].cells[0].pace is None


def test_behind_is_what_lags_the_pace_and_reached_is_never_behind(office: Office) -> None:
    _planned(office, 2)
    assert _week(office).rows[0].cells[0].behind
    _lead(office)
    assert not _week(office).rows[0].cells[0].behind
    _lead(office)
    cell = _week(office).rows[0].cells[0]
    assert cell.reached
    assert not _week(office, at=NOW + timedelta(days=7)).rows[0].cells[0].behind


def test_the_total_counts_a_narrower_segment_once_and_tells_the_row(office: Office) -> None:
    narrow = Segment.objects.create(kind="agent", name="Оценщики Нексий", parent=office.segment, team=office.north)
    _planned(office, 10)
    _planned(office, 4, segment=narrow)
    _lead(office)
    _lead(office, segment=narrow)
    found = _week(office)
    facts = {row.plan.segment.name: (row.cells[0].fact, row.within is not None) for row in found.rows}
    assert facts == {"Оценщики": (2, False), "Оценщики Нексий": (1, True)}
    assert (found.total[0].target, found.total[0].fact) == (10, 2)


def test_leads_of_segments_without_a_row_stand_outside_the_plan(office: Office) -> None:
    other = Segment.objects.create(kind="agent", name="Риелторы", team=office.north)
    _planned(office)
    _lead(office, segment=other)
    office.lead()  # of no segment at all
    found = _week(office, owners=[office.olim])
    assert (found.total[0].fact, found.outside[0]) == (0, 2)


def test_a_week_without_plan_and_leads_is_empty_and_divides_by_nothing(office: Office) -> None:
    found = _week(office)
    assert found.is_empty
    assert found.total[0].target is None


def test_the_fact_stays_with_the_team_of_the_time(office: Office) -> None:
    """Olim moves from North to South in mid-week: what he brought before counts for Nodira, the rest for Sardor."""
    _planned(office)
    _lead(office)
    office.olim.team = office.south
    office.olim.save()
    mover = User.objects.get(pk=office.olim.pk)
    _lead(office, mover)
    _lead(office, mover)
    north, south = _week(office, office.nodira), _week(office, office.sardor)
    assert (north.rows[0].cells[0].fact, north.rows[0].moved) == (1, True)
    assert not south.rows  # the plan was North's
    assert south.outside[0] == 2
    assert _week(office, mover).rows[0].cells[0].fact == 3


def test_a_stranger_sees_neither_plan_nor_fact(office: Office) -> None:
    _planned(office)
    _lead(office)
    found = _week(office, office.sitora)
    assert found.is_empty


def test_a_past_week_is_read_only_and_still_counted(office: Office) -> None:
    _planned(office)
    _lead(office)
    later = _week(office, at=NOW + timedelta(days=14))
    assert not later.rows[0].writes
    assert later.rows[0].cells[0].fact == 1
    assert _week(office).rows[0].writes


def test_the_week_costs_the_same_for_one_row_and_for_many(office: Office, django_assert_num_queries: object) -> None:
    _planned(office)
    _lead(office)
    rollups.refresh(at=NOW)
    with django_assert_num_queries(9):
        _read(office, office.olim, [office.olim], MONDAY, NOW)
    for number in range(5):
        segment = Segment.objects.create(kind="agent", name=f"Сегмент {number}", team=office.north)
        _planned(office, segment=segment)
        _lead(office, segment=segment)
    rollups.refresh(at=NOW)
    with django_assert_num_queries(9):
        _read(office, office.olim, [office.olim], MONDAY, NOW)
