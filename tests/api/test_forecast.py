"""The forecast over REST: the page's own words, for the caller's history alone."""

import re

import pytest

from common import clock
from dashboards.forecasting.runs import recount
from dashboards.foreseeing import foreseen
from funnel.audience import audience_of
from funnel.models import Funnel
from tests.api.conftest import MakeApi
from tests.dashboards.past import live_through
from tests.office import Office

pytestmark = pytest.mark.django_db


def test_it_says_what_the_page_says(api_of: MakeApi, office: Office) -> None:
    live_through(office, office.olim, seed=1, count=30)
    live_through(office, office.sitora, seed=2, count=20)
    recount(at=clock.now())
    funnel = Funnel.objects.get(code="agent")
    for team, head in ((office.north, office.nodira), (office.south, office.sardor)):
        found = foreseen(reader=head, audience=audience_of(head), funnel_id=funnel.pk)
        assert found is not None
        answer = api_of(team).get("forecast/", kind="agent").json()
        assert answer["open"] == found.open
        assert [point["wins"] for point in answer["data"]] == [point["wins"] for point in found.points]
        sums = [money for point in answer["data"] for money in point["margins"]]
        assert {money["currency"] for money in sums} == {"UZS"}
        assert all(re.fullmatch(r"\d+\.\d\d", money["amount"]) for money in sums)
        assert answer["enough_history"] == found.enough
    named = api_of(office.north).get("forecast/", kind="agent", owner=str(office.olim.pk)).json()
    assert named["open"] == api_of(office.north).get("forecast/", kind="agent").json()["open"]
    everybody = api_of(None).get("forecast/", kind="agent").json()
    assert everybody["open"] > named["open"]


def test_before_the_first_night_nothing_is_said(api_of: MakeApi, office: Office) -> None:
    answer = api_of(office.north).get("forecast/", kind="client").json()
    assert (answer["as_of"], answer["data"], answer["enough_history"]) == (None, [], False)


def test_what_is_not_ones_own_is_no_parameter(api_of: MakeApi, office: Office) -> None:
    api = api_of(office.south)
    for name, value in (("team", office.north.pk), ("owner", office.olim.pk)):
        answer = api.get("forecast/", kind="agent", **{name: str(value)})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, f"?{name}")
    assert api.get("forecast/").json()["errors"][0]["pointer"] == "?kind"
