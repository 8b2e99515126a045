"""Progress: counted from what happened, with the day's points, the pace and the mid-day flag."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Segment
from backlog.models import ActionResult, Goal
from backlog.progress import Progress, progress_of
from backlog.services.goals import log_value
from funnel import log
from funnel.models import StageEntry
from leads.models import Lead
from leads.services.entries import entry_of
from tests.backlog.plan_desk import NOW, Desk, tashkent

pytestmark = pytest.mark.django_db


def _now(goal: Goal, at=None) -> Progress:
    return progress_of([Goal.objects.for_list().get(pk=goal.pk)], at or NOW)[goal.pk]


def _enter(
    desk: Desk, lead: Lead, code: str = "verbal_contract", at=None, event: str = "entered", **more: object
) -> StageEntry:
    entry = entry_of(
        lead, event=event, stage=desk.office.stage(code), from_stage=lead.stage, at=at or NOW, by_id=desk.olim.pk,
        origin="page", **more,
    )  # fmt: skip
    log.record([entry])
    return StageEntry.objects.filter(lead_id=lead.pk).latest("id")


def test_first_entries_of_the_week_are_counted_with_their_time(desk: Desk) -> None:
    goal = desk.goal()
    for hour in (9, 10):
        _enter(desk, desk.office.lead(segment_id=desk.office.segment.pk), at=tashkent(24, hour))
    _enter(desk, desk.office.lead(segment_id=desk.office.segment.pk), at=tashkent(23, 12))
    seen = _now(goal, tashkent(24, 16))
    assert (seen.value, seen.day_start, seen.today, seen.target) == (3, 1, 2, 10)
    assert [(point.at, point.value) for point in seen.points[1:]] == [(tashkent(24, 9), 2), (tashkent(24, 10), 3)]


def test_what_is_not_this_goals_is_not_counted(desk: Desk) -> None:
    goal = desk.goal(due_on=tashkent(25, 9).date())
    inside = {"segment_id": desk.office.segment.pk}
    _enter(desk, desk.office.lead(**inside), at=tashkent(22, 23))  # before Monday
    _enter(desk, desk.office.lead(**inside), at=tashkent(26, 9))  # after the goal's day
    _enter(desk, desk.office.lead(**inside), code="custdev")
    _enter(desk, desk.office.lead(desk.office.oksana, **inside))
    _enter(desk, desk.office.lead())  # no segment
    assert _now(goal, tashkent(27, 9)).value == 0
    _enter(desk, desk.office.lead(**inside))
    assert _now(goal, tashkent(27, 9)).value == 1


def test_a_sub_segment_however_deep_counts_for_its_parent(desk: Desk) -> None:
    child = Segment.objects.create(kind="agent", name="Тойота", parent=desk.office.segment, team=desk.office.north)
    deep = Segment.objects.create(kind="agent", name="Королла", parent=child, team=desk.office.north)
    goal, narrow = desk.goal(), desk.goal(segment=child)
    _enter(desk, desk.office.lead(segment_id=deep.pk))
    _enter(desk, desk.office.lead(segment_id=desk.office.segment.pk))
    assert (_now(goal).value, _now(narrow).value) == (2, 1)


def test_a_lead_that_comes_back_is_no_news(desk: Desk) -> None:
    goal, lead = desk.goal(), desk.office.lead(segment_id=desk.office.segment.pk)
    _enter(desk, lead, at=tashkent(17, 9))
    _enter(desk, lead, at=tashkent(23, 9))
    _enter(desk, lead, at=tashkent(23, 10), event="returned")
    assert _now(goal, tashkent(23, 12)).value == 0


def test_an_entry_of_an_undone_result_does_not_count_and_does_not_make_the_next_one_a_second(desk: Desk) -> None:
    goal, lead = desk.goal(), desk.office.lead(segment_id=desk.office.segment.pk)
    entry = _enter(desk, lead, at=NOW - timedelta(minutes=10))
    assert _now(goal).value == 1
    _enter(desk, lead, code="contact", at=NOW - timedelta(minutes=9), event="returned", undoes_id=entry.pk)
    assert _now(goal).value == 0
    _enter(desk, lead, at=NOW)
    assert _now(goal).value == 1


def test_standing_results_of_own_actions_and_of_free_ones_in_the_segment_are_counted(desk: Desk) -> None:
    goal, other = desk.goal(metric="calls"), desk.goal(metric="calls")

    def result(outcome: str = "agreed", kind: str = "call", **fields: object) -> ActionResult:
        action = desk.action(kind=kind, **({"sprint": goal.sprint} | fields))
        return ActionResult.objects.create(action=action, outcome=outcome, at=NOW, by=desk.olim)

    result(goal=goal)
    result(segment=desk.office.segment)
    undone = result(goal=goal)
    ActionResult.objects.filter(pk=undone.pk).update(undone_at=NOW)
    result("not_reached", goal=goal)
    result(kind="meeting", goal=goal)
    result(goal=other)
    result()  # of no segment
    assert (_now(goal).value, _now(other).value) == (2, 2)


def test_an_own_metric_stands_at_its_last_value(desk: Desk) -> None:
    own = {"metric": "own", "metric_name": "Обученные", "unit": "чел.", "baseline": Decimal(2)}
    goal = desk.goal(**own)
    assert (_now(goal).value, _now(goal).today) == (2, 0)
    log_value(goal=goal, value=Decimal(5), at=tashkent(23, 9), by=desk.olim)
    log_value(goal=goal, value=Decimal(4), at=tashkent(23, 11), by=desk.olim)
    log_value(goal=goal, value=Decimal(9), at=tashkent(24, 11), by=desk.olim)
    seen = _now(goal, tashkent(24, 12))
    assert (seen.value, seen.day_start, seen.today) == (9, 4, 5)


def test_the_pace_goes_by_working_time(desk: Desk) -> None:
    goal = desk.goal(due_on=tashkent(27, 9).date())
    assert _now(goal, tashkent(23, 8)).pace == 0
    assert _now(goal, tashkent(23, 18)).pace == 2
    assert _now(goal, tashkent(24, 8)).pace == 2
    assert (_now(goal, tashkent(25, 13)).pace, _now(goal, tashkent(25, 13)).behind) == (5, True)
    assert _now(goal, tashkent(28, 9)).pace == 10


@pytest.mark.parametrize(("hour", "stalled"), [(9, False), (13, False), (14, False), (15, True), (17, True)])
def test_a_goal_without_growth_is_flagged_when_half_the_working_day_is_gone(
    desk: Desk, hour: int, stalled: bool
) -> None:
    # Four of eight hours are gone at one o'clock; the flag comes with the first moment after the lunch.
    expected = stalled or hour >= 13
    assert _now(desk.goal(), tashkent(24, hour)).stalled is expected


def test_growth_today_and_a_reached_goal_are_not_flagged(desk: Desk) -> None:
    goal = desk.goal(target=Decimal(1))
    other = desk.goal()
    _enter(desk, desk.office.lead(segment_id=desk.office.segment.pk), at=tashkent(23, 11))
    assert not _now(other, tashkent(23, 17)).stalled
    assert _now(other, tashkent(24, 17)).stalled
    assert not _now(goal, tashkent(24, 17)).stalled
    assert not _now(other, tashkent(29, 17)).stalled  # nobody works on a Sunday


def test_any_number_of_goals_costs_two_queries_beside_the_calendars(desk: Desk) -> None:
    desk.goal()
    for number in range(8):
        desk.goal(metric=["calls", "own", "meeting"][number % 3], metric_name="Своя", unit="шт.")
    goals = list(Goal.objects.for_list())
    with CaptureQueriesContext(connection) as seen:
        progress_of(goals, NOW)
    assert len(seen) == 5, [query["sql"] for query in seen]
