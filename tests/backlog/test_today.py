"""The one list of the day: what stands where, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backlog.models import Action, LeadScore
from backlog.services.actions import create_action
from backlog.services.results import record_result
from backlog.services.sprints import open_sprint
from backlog.today import day_of
from common import clock
from leads.models import Lead
from leads.services.editing import plan_next_step
from tests.office import Office
from worktime.selectors import calendar_of

pytestmark = pytest.mark.django_db
NOW = clock.now().replace(hour=6, minute=0, second=0, microsecond=0)  # eleven in Tashkent


def planned(office: Office, title: str, **fields: Any) -> Action:
    day = NOW.astimezone(office.olim.zone).date()
    week = open_sprint(owner=office.olim, day=day, by=office.olim)
    values = {"title": title, "due_at": NOW + timedelta(hours=3), "sprint": week} | fields
    return Action.objects.create(owner=office.olim, team=office.north, **values)


def scored(office: Office, score: float, rank: int, **fields: Any) -> Lead:
    lead = office.lead(name=f"Лид места {rank}")
    LeadScore.objects.create(
        lead=lead, owner=office.olim, rank=rank, score=score, proposed=2, parts=[], as_of=NOW, **fields
    )
    return lead


def titles(office: Office) -> list[str]:
    items = day_of(office.olim, NOW, calendar_of(office.olim)).items
    return [item.action.title if item.action else item.lead.name for item in items if item.lead or item.action]


def test_pinned_then_overdue_then_soon_then_priority_then_money(office: Office) -> None:
    scored(office, 100.0, 2)
    scored(office, 900.0, 1)
    planned(office, "неделя", priority=2)
    planned(office, "сейчас", priority=0)
    planned(office, "слот", priority=2, slot_at=NOW + timedelta(minutes=40))
    planned(office, "просрочено", priority=3, due_at=NOW - timedelta(hours=1))
    planned(office, "закреплено", priority=3, pinned=True)
    assert titles(office) == [
        "закреплено", "просрочено", "слот", "сейчас", "Лид места 1", "Лид места 2", "неделя",
    ]  # fmt: skip


def test_a_lead_with_an_action_of_its_own_stands_once(office: Office) -> None:
    lead = scored(office, 500.0, 1)
    planned(office, "позвонить ему", lead=lead)
    assert titles(office) == ["позвонить ему"]


def test_a_recorded_result_takes_the_line_away_and_counts_as_done(office: Office) -> None:
    lead = scored(office, 500.0, 1)
    action = planned(office, "позвонить ему", lead=lead, kind="call")
    record_result(action=action, by=office.olim, at=NOW, outcome="not_reached")
    day = day_of(office.olim, NOW, calendar_of(office.olim))
    assert day.counts.done == 1
    assert [item for item in day.items if item.action] == []


def test_anothers_work_is_not_in_my_day(office: Office) -> None:
    Action.objects.create(owner=office.sitora, title="чужое", due_at=NOW)
    office.lead(office.sitora)
    assert titles(office) == []


def test_a_closed_lead_leaves_the_list_at_once_though_its_score_is_still_stored(office: Office) -> None:
    lead = scored(office, 500.0, 1)
    Lead.objects.filter(pk=lead.pk).update(outcome="lost", closed_at=NOW)
    assert titles(office) == []


def test_an_idea_waits_outside_the_day_until_it_is_pinned(office: Office) -> None:
    idea = planned(office, "когда-нибудь", sprint=None)
    assert titles(office) == []
    Action.objects.filter(pk=idea.pk).update(pinned=True)
    assert titles(office) == ["когда-нибудь"]


def test_what_is_put_down_on_a_sunday_is_in_the_list_of_that_sunday(office: Office) -> None:
    sunday = datetime(2026, 11, 22, 6, tzinfo=UTC)
    week = open_sprint(owner=office.olim, day=sunday.date(), by=office.olim)
    for title, priority in (("к понедельнику", 1), ("на неделе", 2)):
        create_action(owner=office.olim, by=office.olim, at=sunday, title=title, sprint=week, priority=priority)
    items = day_of(office.olim, sunday, calendar_of(office.olim)).items
    assert [item.action.title for item in items if item.action] == ["к понедельнику"]


def test_overdue_steps_and_actions_are_counted_as_work_and_not_as_leads(office: Office) -> None:
    lead, yesterday = office.lead(), NOW - timedelta(days=1)
    plan_next_step(lead=lead, by=office.olim, at=yesterday - timedelta(days=1), step_at=yesterday, text="Позвонить")
    planned(office, "ещё раз", lead=lead, due_at=NOW - timedelta(hours=2))
    planned(office, "другое", due_at=NOW - timedelta(hours=2))
    office.lead()
    counts = day_of(office.olim, NOW, calendar_of(office.olim)).counts
    assert (counts.overdue, counts.no_step) == (2, 1)


def test_the_day_costs_the_same_for_three_leads_and_for_thirty(
    office: Office, django_assert_max_num_queries: Any
) -> None:
    for rank in range(1, 31):
        scored(office, 100.0 / rank, rank)
    calendar = calendar_of(office.olim)
    with django_assert_max_num_queries(6):
        day_of(office.olim, NOW, calendar)
