"""Desks: the numbers of a person are his rows, live and from what a job counted."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from backlog.models import Action
from backlog.services.actions import create_action
from backlog.services.sprints import monday_of, open_sprint
from common import clock
from dashboards import duties, loading
from dashboards.days import day_of
from dashboards.loading import AGES, Desk, count_desks, desk_of, desks_for, total_on
from dashboards.models import LoadRow
from jobs.models import Job
from leads.models import Lead
from tests.office import Office
from worktime.selectors import calendar_of

pytestmark = pytest.mark.django_db
LATE = (timedelta(hours=3), timedelta(days=1), timedelta(days=3, hours=23), timedelta(days=5), timedelta(days=30))


@pytest.fixture
def busy(office: Office) -> Office:
    """Olim has leads late by each age, one in time and one without a step; Anvar has one; Sitora has three."""
    now = clock.now()
    for late in LATE:
        _lead(office, office.olim, now - late)
    _lead(office, office.olim, now + timedelta(days=2))
    _lead(office, office.olim, None)
    _lead(office, office.anvar, now - timedelta(days=10))
    for _number in range(3):
        _lead(office, office.sitora, None)
    for days in (-2, -9, 3):
        _action(office.olim, now + timedelta(days=days))
    return office


def _lead(office: Office, owner: User, step_at: datetime | None) -> None:
    lead = office.lead(owner)
    Lead.objects.filter(pk=lead.pk).update(next_action_at=step_at, next_action="Позвонить" if step_at else "")


def _action(owner: User, due_at: datetime) -> Action:
    now = clock.now()
    sprint = open_sprint(owner=owner, day=monday_of(now.astimezone(owner.zone).date()), by=owner)
    made = create_action(
        owner=owner,
        title="Подготовить договор",
        by=owner,
        at=now,
        calendar=calendar_of(owner),
        sprint=sprint,
        minutes=90,
    )
    Action.objects.filter(pk=made.pk).update(due_at=due_at)
    return made


def recounted(owner: User, at: datetime) -> tuple[object, ...]:
    """In plain Python, from the rows."""
    leads = list(Lead.objects.filter(owner=owner, outcome="open"))
    actions = list(Action.objects.filter(owner=owner, status="planned", sprint__isnull=False))
    moments = ([lead.next_action_at for lead in leads], [action.due_at for action in actions])
    ages = [
        tuple(
            sum(
                moment is not None and moment < at and since <= (at - moment) / timedelta(days=1) < (until or 1e9)
                for moment in own
            )
            for since, until in AGES
        )
        for own in moments
    ]
    return len(leads), len(actions), *ages


def test_a_desk_holds_what_the_rows_say(busy: Office) -> None:
    at = clock.now()
    found = desk_of(busy.olim, busy.nodira, at)
    assert (found.leads, found.actions, found.late_leads, found.late_actions) == recounted(busy.olim, at)
    assert found.late_leads == (1, 2, 1, 1)
    assert found.minutes == 270
    assert found.capacity > 0


def test_a_head_looks_over_his_branch_and_nobody_over_anothers(busy: Office) -> None:
    at = clock.now()
    seen = {user.name: desk for user, desk in desks_for(busy.nodira, at).rows}
    assert seen.keys() >= {"Olim", "Anvar"}
    assert "Sitora" not in seen
    assert {user.name for user, _desk in desks_for(busy.sardor, at).rows} == {"Sitora", "Sardor"}
    assert {user.name for user, _desk in desks_for(busy.nargiza, at).rows} == {"Anvar", "Nargiza"}


def test_what_a_job_counted_is_what_is_counted_on_the_spot(busy: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    at = clock.now()
    live = desks_for(busy.nodira, at)
    assert live.live
    count_desks(at=at)
    monkeypatch.setattr(loading, "LIVE_PEOPLE", 0)
    stored = desks_for(busy.nodira, at)
    assert not stored.live
    with_work = [(user, desk) for user, desk in live.rows if desk.open]
    assert [row for row in stored.rows if row[1].open] == with_work


def test_work_that_stayed_with_another_team_is_not_the_heads(busy: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    at = clock.now()
    User.objects.filter(pk=busy.sitora.pk).update(team=busy.north)
    count_desks(at=at)
    for most in (loading.LIVE_PEOPLE, 0):
        monkeypatch.setattr(loading, "LIVE_PEOPLE", most)
        rows = {user.name: desk for user, desk in desks_for(User.objects.get(pk=busy.nodira.pk), at).rows}
        assert rows["Sitora"].leads == 0


def test_counting_twice_is_counting_once(busy: Office) -> None:
    at = clock.now()
    assert count_desks(at=at) == count_desks(at=at) == LoadRow.objects.count()


def test_a_past_day_is_told_where_somebody_counted(busy: Office) -> None:
    at = clock.now()
    assert total_on(busy.nodira, day_of(at), None) is None
    count_desks(at=at)
    total = total_on(busy.nodira, day_of(at), None)
    assert total is not None
    assert (total.leads, total.late) == (8, 8)
    assert total_on(busy.nodira, day_of(at), busy_teams(busy)) == Desk(
        leads=1, late_leads=(0, 0, 0, 1), capacity=total_of(busy.anvar, at)
    )


def busy_teams(office: Office) -> list[object]:
    return [office.north_auto.pk]


def total_of(user: User, at: datetime) -> int:
    return desk_of(user, user, at).capacity


def test_desks_are_owed_once_in_ten_minutes(office: Office) -> None:
    at = clock.now().replace(minute=31, second=5)
    for seconds in (0, 60, 500):
        duties.owe_by_the_clock(at=at + timedelta(seconds=seconds))
    assert Job.objects.filter(kind=duties.DESKS_JOB).count() == 1
