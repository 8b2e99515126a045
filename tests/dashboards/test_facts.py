"""What came is told from the counts of the funnel, and is exactly what the stored rows hold."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from common import clock
from dashboards import facts
from dashboards.days import DAY, begin, day_of, midnight
from dashboards.wins import win_of
from funnel import rollups
from funnel.audience import audience_of
from funnel.figures import FunnelQuery
from funnel.models import Funnel, Stage, StoredPassage
from tests.dashboards.past import live_through
from tests.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def win(office: Office) -> Stage:
    live_through(office, office.olim, seed=1, count=80, initiative_id=office.initiative.pk)
    live_through(office, office.lola, seed=2, count=40)
    rollups.refresh(at=clock.now())
    found = win_of(Funnel.objects.get(code="agent").pk)
    assert found is not None
    return found


def asked(office: Office) -> FunnelQuery:
    return FunnelQuery("agent", audience=audience_of(office.adiba))


def rows(win: Stage, start: datetime, end: datetime) -> list[StoredPassage]:
    return list(StoredPassage.objects.filter(stage=win, entered_at__gte=start, entered_at__lt=end))


def test_days_that_no_whole_week_makes_are_counted_to_the_moment(office: Office, win: Stage) -> None:
    last = day_of(clock.now())
    whole = rows(win, midnight(last - timedelta(days=100)), midnight(last + DAY))
    before = sorted(row.entered_at for row in whole)[len(whole) // 2]
    assert len(whole) > 10
    assert facts.count(asked(office), win, last - timedelta(days=100), last) == len(whole)
    early = sum(row.entered_at < before for row in whole)
    assert facts.count(asked(office), win, last - timedelta(days=100), last, before=before) == early


def test_weeks_and_people_add_up_to_the_rows(office: Office, win: Stage) -> None:
    today = day_of(clock.now())
    monday = begin("week", today) - timedelta(weeks=8)
    held = Counter(begin("week", day_of(row.entered_at)) for row in rows(win, midnight(monday), clock.now()))
    for query in (asked(office), asked(office).among(owner_id=office.olim.pk)):
        told = dict(facts.by_week(query, win, monday, 9))
        if query.dimensions:
            assert sum(told.values()) == facts.by_person(query, win, monday, today).get(office.olim.pk, 0) > 0
        else:
            assert told == {monday + timedelta(weeks=n): held[monday + timedelta(weeks=n)] for n in range(9)}
    owners = Counter(row.owner_id for row in rows(win, midnight(monday), clock.now()))
    assert facts.by_person(asked(office), win, monday, today) == owners


def test_an_initiative_has_what_entered_in_its_own_days(office: Office, win: Stage) -> None:
    last = day_of(clock.now())
    first = last - timedelta(days=66)
    own = [row for row in rows(win, midnight(first), midnight(last + DAY)) if row.initiative_id]
    found = facts.by_initiative(asked(office), win, {office.initiative.pk: (first, last)}, facts.prices())
    assert found[office.initiative.pk].count == len(own) > 0
    assert facts.by_initiative(asked(office), win, {}, facts.prices()) == {}
