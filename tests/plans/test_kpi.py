"""A segment's week in a line: planned and came, with what narrows it, nobody twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agents.models import Segment
from common import clock
from funnel import rollups
from funnel.models import Stage
from leads.value import bank_day
from plans.kpi import week_kpis
from plans.services import open_plan, set_targets
from tests.office import Office

pytestmark = pytest.mark.django_db


def plan(office: Office, segment: Segment, owner: str = "olim", **targets: int) -> None:
    person, at = getattr(office, owner), clock.now()
    opened = open_plan(owner=person, segment=segment, week=bank_day(at), by=person, at=at)
    set_targets(plan=opened, by=person, at=at, targets={office.stage(code): n for code, n in targets.items()})


def told(office: Office, *segments: Segment, viewer: str = "olim"):
    rollups.refresh(at=clock.now())
    today, stages = bank_day(clock.now()), list(Stage.objects.of_kind("agent").active())
    found = week_kpis(
        viewer=getattr(office, viewer), stages=stages, monday=today - timedelta(days=today.weekday()),
        segment_ids=[segment.pk for segment in segments],
    )  # fmt: skip
    return {pk: [(part.stage.code, part.target, part.fact) for part in line] for pk, line in found.items()}


def narrower(office: Office) -> Segment:
    return Segment.objects.create(
        kind="agent", name="Оценщики BYD", parent=office.segment, owner=office.olim, team=office.north
    )


def test_the_fact_stands_beside_the_plan_stage_by_stage(office: Office) -> None:
    plan(office, office.segment, contact=5, meeting=2)
    office.lead(segment_id=office.segment.pk)
    assert told(office, office.segment) == {office.segment.pk: [("contact", 5, 1), ("meeting", 2, 0)]}


def test_what_narrows_a_segment_counts_in_it_and_nobody_is_planned_twice(office: Office) -> None:
    child = narrower(office)
    plan(office, office.segment, contact=5)
    plan(office, child, contact=3)
    plan(office, child, owner="oksana", contact=4)
    office.lead(segment_id=child.pk)
    assert told(office, office.segment, child) == {
        office.segment.pk: [("contact", 9, 1)],
        child.pk: [("contact", 7, 1)],
    }


def test_a_segment_without_a_plan_has_no_line(office: Office) -> None:
    assert told(office, office.segment) == {}
    assert week_kpis(viewer=office.olim, stages=(), monday=bank_day(clock.now()), segment_ids=[]) == {}


def test_strangers_plans_and_leads_are_not_counted(office: Office) -> None:
    plan(office, office.segment, contact=5)
    office.lead(segment_id=office.segment.pk)
    assert told(office, office.segment, viewer="sitora") == {}
    assert told(office, office.segment, viewer="nodira") == {office.segment.pk: [("contact", 5, 1)]}


def test_many_segments_cost_what_one_costs(office: Office) -> None:
    plan(office, office.segment, contact=5)
    segments = [office.segment]
    told(office, *segments)  # makes the people
    with CaptureQueriesContext(connection) as one:
        told(office, *segments)
    for number in range(5):
        segments.append(Segment.objects.create(kind="agent", name=f"С {number}", owner=office.olim, team=office.north))
        plan(office, segments[-1], contact=1)
    with CaptureQueriesContext(connection) as many:
        told(office, *segments)
    assert len(many) == len(one)


def test_the_list_of_segments_shows_it(office: Office) -> None:
    plan(office, office.segment, contact=5)
    client = Client()
    client.force_login(office.olim)
    text = client.get("/segments/").content.decode()
    assert "KPI недели" in text
    assert "0 из 5" in text
