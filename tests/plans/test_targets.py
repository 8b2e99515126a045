"""Deeds on a weekly plan: who may, what is kept, what is refused, what happens when two write at once."""

from datetime import UTC, date, datetime

import pytest

from agents.models import Segment
from common.errors import Invalid, NotAllowed, NotFound
from funnel.audience import EVERYTHING, Audience, audience_of
from plans.access import get_plan_for
from plans.models import LeadPlan, PlanTarget
from plans.selectors import planned
from plans.services import StaleTarget, WeekIsOver, copy_last_week, drop_plan, open_plan, set_targets
from tests.office import Office

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)  # Wednesday, eleven in Tashkent
WEEK, BEFORE, NEXT = date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 30)


def _plan(office: Office, segment: Segment | None = None, week: date = WEEK, at: datetime = NOW) -> LeadPlan:
    return open_plan(owner=office.olim, segment=segment or office.segment, week=week, by=office.olim, at=at)


def _sum(office: Office, stage: str = "custdev", audience: Audience = EVERYTHING, **narrowed: object) -> int:
    rows = planned(audience=audience, weeks=[WEEK], stage_ids=[office.stage(stage).pk], **narrowed)
    return sum(row.target for row in rows)


def test_a_row_is_opened_once_whatever_day_of_the_week_is_given(office: Office) -> None:
    one, two = _plan(office), _plan(office, week=date(2026, 11, 29))
    assert one == two
    assert (one.week, one.team, one.reach, one.code) == (WEEK, office.north, 100, "2026-W48")


def test_a_target_is_written_changed_and_taken_away_and_zero_is_one(office: Office) -> None:
    plan, custdev, contact = _plan(office), office.stage("custdev"), office.stage("contact")
    set_targets(plan=plan, by=office.olim, at=NOW, targets={custdev: 5, contact: 0})
    assert dict(plan.targets.values_list("stage__code", "target")) == {"custdev": 5, "contact": 0}
    set_targets(plan=plan, by=office.olim, at=NOW, targets={custdev: 7, contact: None})
    assert dict(plan.targets.values_list("stage__code", "target")) == {"custdev": 7}


@pytest.mark.parametrize("target", [-1, 100_001])
def test_an_absurd_number_is_refused_and_nothing_of_the_row_is_written(office: Office, target: int) -> None:
    plan = _plan(office)
    with pytest.raises(Invalid, match="от 0 до 100"):
        set_targets(
            plan=plan, by=office.olim, at=NOW, targets={office.stage("contact"): 3, office.stage("custdev"): target}
        )
    assert not PlanTarget.objects.exists()


def test_a_stage_of_the_other_kind_is_refused(office: Office) -> None:
    with pytest.raises(Invalid, match="другой воронки"):
        set_targets(plan=_plan(office), by=office.olim, at=NOW, targets={office.stage("contact", "client"): 3})


def test_the_plan_of_a_past_week_is_not_rewritten(office: Office) -> None:
    plan = _plan(office)
    set_targets(plan=plan, by=office.olim, at=NOW, targets={office.stage("custdev"): 5})
    later = datetime(2026, 11, 29, 19, 0, tzinfo=UTC)  # Monday already in Tashkent, Sunday still in London
    for deed in (
        lambda: set_targets(plan=plan, by=office.olim, at=later, targets={office.stage("custdev"): 9}),
        lambda: drop_plan(plan=plan, by=office.olim, at=later),
        lambda: copy_last_week(owner=office.olim, week=WEEK, by=office.olim, at=later),
        lambda: open_plan(owner=office.oksana, segment=office.segment, week=WEEK, by=office.oksana, at=later),
    ):
        with pytest.raises(WeekIsOver):
            deed()
    assert plan.targets.get().target == 5


def test_the_week_is_not_over_on_its_sunday_by_the_owners_clock(office: Office) -> None:
    sunday = datetime(2026, 11, 29, 18, 59, tzinfo=UTC)
    set_targets(plan=_plan(office), by=office.olim, at=sunday, targets={office.stage("custdev"): 9})
    assert PlanTarget.objects.get().target == 9


def test_two_who_change_the_same_number_meet_and_nothing_is_lost(office: Office) -> None:
    plan, stage = _plan(office), office.stage("custdev")
    set_targets(plan=plan, by=office.olim, at=NOW, targets={stage: 5}, versions={stage.pk: 0})
    set_targets(plan=plan, by=office.nodira, at=NOW, targets={stage: 6}, versions={stage.pk: 1})
    with pytest.raises(StaleTarget, match="теперь он 6"):
        set_targets(plan=plan, by=office.olim, at=NOW, targets={stage: 8}, versions={stage.pk: 1})
    assert plan.targets.get().target == 6


def test_two_who_change_different_numbers_of_a_row_do_not_meet(office: Office) -> None:
    plan, one, two = _plan(office), office.stage("contact"), office.stage("custdev")
    seen = {one.pk: 0, two.pk: 0}
    set_targets(plan=plan, by=office.olim, at=NOW, targets={one: 20, two: None}, versions=seen)
    set_targets(plan=plan, by=office.nodira, at=NOW, targets={one: 20, two: 4}, versions=seen)
    assert dict(plan.targets.values_list("stage__code", "target")) == {"contact": 20, "custdev": 4}


def test_a_number_that_another_took_away_is_told_and_not_brought_back(office: Office) -> None:
    plan, stage = _plan(office), office.stage("custdev")
    set_targets(plan=plan, by=office.olim, at=NOW, targets={stage: 5})
    set_targets(plan=plan, by=office.nodira, at=NOW, targets={stage: None})
    with pytest.raises(StaleTarget, match="не задан"):
        set_targets(plan=plan, by=office.olim, at=NOW, targets={stage: 7}, versions={stage.pk: 1})
    assert not plan.targets.exists()


def test_last_weeks_plan_fills_only_what_is_empty_and_once(office: Office) -> None:
    monday = datetime(2026, 11, 16, 6, tzinfo=UTC)
    old = _plan(office, week=BEFORE, at=monday)
    targets = {office.stage("contact"): 30, office.stage("custdev"): 8}
    set_targets(plan=old, by=office.olim, at=monday, targets=targets)
    set_targets(plan=_plan(office), by=office.olim, at=NOW, targets={office.stage("custdev"): 11})
    added = [copy_last_week(owner=office.olim, week=WEEK, by=office.olim, at=NOW) for _press in range(2)]
    assert added == [1, 0]
    assert dict(_plan(office).targets.values_list("stage__code", "target")) == {"contact": 30, "custdev": 11}


def test_a_retired_stage_is_not_copied(office: Office) -> None:
    monday = datetime(2026, 11, 16, 6, tzinfo=UTC)
    stage = office.stage("custdev")
    set_targets(plan=_plan(office, week=BEFORE, at=monday), by=office.olim, at=monday, targets={stage: 8})
    type(stage).objects.filter(pk=stage.pk).update(active=False)
    assert copy_last_week(owner=office.olim, week=WEEK, by=office.olim, at=NOW) == 0


def test_who_only_reads_and_who_does_not_see_the_owner_plans_nothing(office: Office) -> None:
    plan = _plan(office)
    for who in (office.aziz, office.sitora, office.lola):
        with pytest.raises(NotAllowed):
            set_targets(plan=plan, by=who, at=NOW, targets={office.stage("custdev"): 1})
    set_targets(plan=plan, by=office.nodira, at=NOW, targets={office.stage("custdev"): 1})


def test_hidden_and_missing_rows_are_the_same(office: Office) -> None:
    plan = _plan(office)
    assert get_plan_for(office.nodira, plan.pk) == plan
    with pytest.raises(NotFound):
        get_plan_for(office.sitora, plan.pk)


def test_dropped_twice_a_row_is_gone_once(office: Office) -> None:
    plan = _plan(office)
    for _press in range(2):
        drop_plan(plan=plan, by=office.olim, at=NOW)
    assert not LeadPlan.objects.exists()


def test_sums_count_a_narrower_segment_within_the_wider_one(office: Office) -> None:
    narrow = Segment.objects.create(kind="agent", name="Оценщики Нексий", parent=office.segment, team=office.north)
    custdev, contact = office.stage("custdev"), office.stage("contact")
    set_targets(plan=_plan(office), by=office.olim, at=NOW, targets={custdev: 10})
    set_targets(plan=_plan(office, narrow), by=office.olim, at=NOW, targets={custdev: 4, contact: 9})
    assert _sum(office) == 10
    assert _sum(office, "contact") == 9  # the wider one plans nothing there
    assert _sum(office, segment_ids=[narrow.pk]) == 4


def test_another_persons_wider_segment_does_not_swallow_mine(office: Office) -> None:
    narrow = Segment.objects.create(kind="agent", name="Оценщики Нексий", parent=office.segment, team=office.north)
    set_targets(plan=_plan(office), by=office.olim, at=NOW, targets={office.stage("custdev"): 10})
    other = open_plan(owner=office.oksana, segment=narrow, week=WEEK, by=office.oksana, at=NOW)
    set_targets(plan=other, by=office.oksana, at=NOW, targets={office.stage("custdev"): 4})
    assert _sum(office) == 14
    assert _sum(office, owner_ids=[office.oksana.pk]) == 4


def test_sums_are_those_of_the_audience_and_of_the_week(office: Office) -> None:
    set_targets(plan=_plan(office), by=office.olim, at=NOW, targets={office.stage("custdev"): 10})
    set_targets(plan=_plan(office, week=NEXT), by=office.olim, at=NOW, targets={office.stage("custdev"): 99})
    seen = {
        who: _sum(office, audience=audience_of(getattr(office, who))) for who in ("nodira", "adiba", "sardor", "lola")
    }
    assert seen == {"nodira": 10, "adiba": 10, "sardor": 0, "lola": 0}
    assert _sum(office, team_ids=[office.south.pk]) == 0
    assert _sum(office, team_ids=[]) == 0


def test_the_plan_stays_with_the_team_of_the_time(office: Office) -> None:
    set_targets(plan=_plan(office), by=office.olim, at=NOW, targets={office.stage("custdev"): 10})
    office.olim.team = office.south
    office.olim.save()
    assert _sum(office, audience=audience_of(office.nodira)) == 10
    assert _sum(office, audience=audience_of(office.sardor)) == 0


def test_a_sum_of_nothing_is_no_row(office: Office) -> None:
    assert planned(audience=EVERYTHING, weeks=[WEEK], stage_ids=[office.stage("contact").pk]) == []
