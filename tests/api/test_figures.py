"""Figures over REST: cohorts of the funnel, and the forecast week by week beside what was taken upon oneself."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from dashboards.committing import commit
from dashboards.forecasting.runs import recount
from funnel import rollups
from funnel.models import Funnel
from leads.services.outcomes import close
from tests.api.conftest import MakeApi
from tests.dashboards.past import live_through
from tests.office import Office

pytestmark = pytest.mark.django_db


def test_cohorts_come_where_they_are_asked_for(api_of: MakeApi, office: Office) -> None:
    office.lead()
    close(lead=office.lead(), outcome="archived", by=office.olim, at=clock.now(), note="Не наш")
    office.lead(office.sitora)
    rollups.refresh(at=clock.now())
    north = api_of(office.north)
    assert north.get("funnel/", kind="agent").json()["cohorts"] is None
    for step in ("week", "month"):
        answer = north.get("funnel/", kind="agent", cohort=step)
        assert answer.status_code == 200, answer.content
        (cohort,) = answer.json()["cohorts"]
        assert (cohort["came"], cohort["open"], cohort["lost"], cohort["done"]) == (2, 1, 1, 0)
        assert cohort["reached"][0] == {"stage": "contact", "leads": 2}
        assert [one["leads"] for one in cohort["reached"][1:]] == [0] * 5
    mine = north.get("funnel/", kind="agent", cohort="week", owner=str(office.oksana.pk)).json()
    assert mine["cohorts"] == []
    wrong = north.get("funnel/", kind="agent", cohort="day")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "?cohort")


def test_every_week_stands_beside_what_was_taken_upon_oneself(api_of: MakeApi, office: Office) -> None:
    live_through(office, office.olim, seed=1, count=30)
    recount(at=clock.now())
    north = api_of(office.north)

    def weeks(**query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = north.get("forecast/", kind="agent", **query).json()["weeks"]
        return found

    told = weeks()
    assert told
    assert {week["committed"] for week in told} == {None}
    assert all(week["low"] <= week["expected"] <= week["high"] for week in told)
    second = told[1]["starts_on"]
    day = clock.now().date().fromisoformat(second)
    funnel = Funnel.objects.get(code="agent")
    for who, count in ((office.olim, 3), (office.oksana, 2), (office.sitora, 50)):
        commit(by=who, at=clock.now(), period="week", starts_on=day, funnel_id=funnel.pk, count=count)
    assert {week["starts_on"]: week["committed"] for week in weeks()}[second] == 5
    assert {week["starts_on"]: week["committed"] for week in weeks(owner=str(office.olim.pk))}[second] == 3
    with CaptureQueriesContext(connection) as caught:
        weeks()
    assert len(caught) <= 12
