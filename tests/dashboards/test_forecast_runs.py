"""The night's word: everybody's from one pass over the log, as the same engine says it of the same leads."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest

from accounts.models import Team, User
from common import clock
from dashboards import duties
from dashboards.choices import PeriodKind
from dashboards.days import day_of, midnight
from dashboards.forecasting import runs
from dashboards.forecasting.runs import recount
from dashboards.foreseeing import Foreseen, foreseen, foreseen_of, week_before
from dashboards.models import ForecastRow, ForecastRun
from funnel.audience import audience_of
from funnel.models import Funnel, StageEntry
from jobs.models import Job
from jobs.services import run_one
from leads.models import Lead
from leads.services.editing import assign
from leads.services.outcomes import close
from priority.forecast import Outcomes, forecast
from tests.dashboards.past import live_through
from tests.office import Office

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def told(office: Office) -> Office:
    for seed, owner in enumerate((office.olim, office.oksana, office.anvar, office.sitora)):
        live_through(office, owner, seed=seed)
    recount(at=clock.now())
    return office


def agents() -> Funnel:
    return Funnel.objects.get(code="agent")


def seen_by(user: User, team: Team | None = None, person: User | None = None) -> Foreseen | None:
    audience = audience_of(user, team.pk if team else None)
    return foreseen(reader=user, audience=audience, funnel_id=agents().pk, person=person)


def recounted(entries: Sequence[StageEntry], night: datetime, days: int) -> float:
    """Wins to expect, in plain Python from the entries of some leads."""
    since = midnight(day_of(night) - 2000 * DAY)
    roads: dict[object, list[StageEntry]] = {}
    for entry in entries:
        roads.setdefault(entry.lead_id, []).append(entry)
    created, won, lost = [], [], []
    for road in roads.values():
        wins = [e.at for e in road if e.stage.code == "signed_contract" and e.event in {"entered", "returned"}]
        last = max(road, key=lambda entry: (entry.at, entry.pk))
        created.append((min(entry.at for entry in road) - since) / DAY)
        won.append((min(wins) - since) / DAY if wins else np.inf)
        over = last.event in {"lost", "archived"} and not wins
        lost.append((last.at - since) / DAY if over else np.inf)
    outcomes = Outcomes(np.array(created), np.array(won), np.array(lost), np.ones(len(created)))
    return forecast(outcomes, (night - since) / DAY, days).wins


def test_each_group_hears_what_the_engine_says_of_its_own_leads(told: Office) -> None:
    night = ForecastRun.objects.get().as_of
    entries = StageEntry.objects.filter(at__lt=night).select_related("stage")
    expected = {
        told.adiba: entries,
        told.nodira: entries.filter(team__in=[told.north, told.north_auto]),
        told.nargiza: entries.filter(team=told.north_auto),
        told.olim: entries.filter(team=told.north),
    }
    for reader, own in expected.items():
        found = seen_by(reader)
        assert found is not None
        assert found.open == _open(own)
        rising = 0.0
        for point in (point for point in found.points if point["days"] % 7 == 0):
            rising = max(rising, recounted(list(own), night, point["days"]))
            assert point["wins"] == pytest.approx(rising, rel=0.001)


def _open(entries: object) -> int:
    road: dict[object, list[StageEntry]] = {}
    for entry in entries:  # type: ignore[attr-defined]
        road.setdefault(entry.lead_id, []).append(entry)
    return sum(
        all(e.stage.code not in {"signed_contract", "value_delivered"} for e in own)
        and max(own, key=lambda e: (e.at, e.pk)).event not in {"lost", "archived"}
        for own in road.values()
    )


def test_a_person_has_a_word_of_his_own_and_his_head_sees_it(told: Office) -> None:
    mine = seen_by(told.anvar, person=told.anvar)
    assert mine is not None
    assert mine == seen_by(told.nargiza, person=told.anvar) == seen_by(told.adiba, person=told.anvar)
    assert seen_by(told.sardor, person=told.anvar) is None
    assert foreseen_of(told.nodira, [told.olim, told.anvar], agents().pk).keys() == {told.olim.pk, told.anvar.pk}
    assert not foreseen_of(told.sardor, [told.olim], agents().pk)


def test_work_stays_with_the_team_of_its_time_when_a_person_moves(told: Office) -> None:
    before = seen_by(told.sardor)
    lead = Lead.objects.filter(owner=told.sitora, outcome="open").first()
    User.objects.filter(pk=told.sitora.pk).update(team=told.north)
    assign(lead=lead, owner=told.olim, by=told.adiba, at=clock.now())
    recount(at=clock.now())
    assert seen_by(told.sardor) == before


def test_a_lead_that_was_closed_is_not_waited_for(office: Office) -> None:
    live_through(office, office.olim, seed=5, count=20)
    recount(at=clock.now() + DAY)
    before = seen_by(office.olim)
    lead = Lead.objects.filter(owner=office.olim, outcome="open").exclude(stage__code="signed_contract").first()
    reason = office_reason()
    close(lead=lead, by=office.olim, at=clock.now(), outcome="lost", reason=reason)
    recount(at=clock.now() + DAY)
    after = seen_by(office.olim)
    assert before is not None
    assert after is not None
    assert after.open == before.open - 1


def office_reason() -> object:
    from leads.models import LossReason

    return LossReason.objects.first()


def test_the_same_night_again_replaces_its_word(told: Office) -> None:
    columns = ("funnel_id", "team_id", "user_id", "whole", "points")
    before = list(ForecastRow.objects.order_by(*columns[:4]).values(*columns))
    assert recount(at=clock.now()) == len(before)
    assert ForecastRun.objects.count() == 1
    assert list(ForecastRow.objects.order_by(*columns[:4]).values(*columns)) == before


def test_a_run_killed_in_the_middle_leaves_the_old_word(told: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(ForecastRow.objects.order_by("pk").values_list("pk", flat=True))

    def dies(_night: datetime) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "_forget", dies)
    with pytest.raises(KeyboardInterrupt):
        recount(at=clock.now())
    assert list(ForecastRow.objects.order_by("pk").values_list("pk", flat=True)) == before


def test_the_night_is_owed_once_however_often_the_clock_asks(office: Office) -> None:
    noon = midnight(day_of(clock.now())) + timedelta(hours=12)
    for minute in range(3):
        duties.owe_by_the_clock(at=noon + timedelta(minutes=minute))
    assert Job.objects.filter(kind=duties.FORECAST_JOB).count() == 1
    duties.owe_by_the_clock(at=noon + DAY)
    assert Job.objects.filter(kind=duties.FORECAST_JOB).count() == 2


def test_before_the_hour_of_the_night_nothing_is_owed(office: Office) -> None:
    duties.owe_by_the_clock(at=midnight(day_of(clock.now())) + timedelta(hours=1))
    assert not Job.objects.filter(kind=duties.FORECAST_JOB).exists()


@pytest.mark.django_db(transaction=True)
def test_the_job_writes_the_word_of_the_night(office: Office) -> None:
    live_through(office, office.olim, seed=7, count=12)
    duties.owe_forecast(at=clock.now() - timedelta(minutes=1))
    while run_one():
        continue
    assert ForecastRun.objects.get().as_of == midnight(day_of(clock.now()))
    assert not Job.objects.exclude(state="done").filter(kind=duties.FORECAST_JOB).exists()


def test_a_short_history_is_told_with_what_it_wants(office: Office) -> None:
    live_through(office, office.olim, seed=3, count=15, days=40)
    recount(at=clock.now())
    found = seen_by(office.olim)
    assert found is not None
    assert not found.enough
    assert 91 - 40 <= found.days_missing <= 91


def test_what_was_said_a_week_ago_is_found_and_older_words_are_not(told: Office) -> None:
    recount(at=clock.now() - 8 * DAY)
    now = seen_by(told.nodira)
    assert now is not None
    asked = {"reader": told.nodira, "audience": audience_of(told.nodira), "funnel_id": agents().pk}
    then = week_before(now, **asked)
    assert then is not None
    assert now.as_of - then.as_of == 8 * DAY
    ForecastRun.objects.filter(as_of=then.as_of).update(as_of=now.as_of - 20 * DAY)
    assert week_before(now, **asked) is None


def test_only_mondays_are_kept_of_what_is_long_past(office: Office) -> None:
    monday = day_of(clock.now()) - timedelta(days=day_of(clock.now()).weekday())
    for weeks in (1, 4, 5):
        for days in (0, 2):
            recount(at=midnight(monday - timedelta(weeks=weeks, days=-days)) + timedelta(hours=3))
    recount(at=clock.now())
    old = [day_of(run.as_of) for run in ForecastRun.objects.filter(as_of__lt=clock.now() - 16 * DAY)]
    assert sorted(old) == [monday - timedelta(weeks=5), monday - timedelta(weeks=4)]


def test_weeks_part_what_is_said_until_each_end(told: Office) -> None:
    found = seen_by(told.nodira)
    assert found is not None
    weeks = found.weeks
    assert len(weeks) == 8
    total = sum(week.own.wins for week in weeks)
    assert total == pytest.approx(weeks[-1].so_far.wins, rel=1e-6)
    assert all(week.own.low <= week.own.wins <= week.own.high for week in weeks)
    assert weeks[0].starts_on <= day_of(clock.now()) <= weeks[0].ends_on
    assert found.until(PeriodKind.WEEK, weeks[3].ends_on) == weeks[3].so_far
