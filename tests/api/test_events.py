"""The feed: the same events as by webhook, each once, as far as the caller sees."""

import pytest

from common import clock
from leads.services.moves import move
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office
from webhooks import numbering
from webhooks.models import Event

pytestmark = pytest.mark.django_db


def test_the_feed_tells_of_a_move_without_a_person_s_data(api: Api, office: Office) -> None:
    lead = office.lead(name="Тайный Тимур")
    move(lead=lead, to=office.stage("meeting"), by=office.nodira, at=clock.now(), waive=True, reason="Встретились")
    numbering.number_all()
    told = api.get("events/", type="lead.stage_entered").json()
    [event] = told["data"]
    assert event["data"] == {
        "id": str(lead.pk), "sequence": 2, "actor": str(office.nodira.pk), "from": "contact", "to": "meeting",
        "back": False,
    }  # fmt: skip
    assert event["id"] == str(Event.objects.get(type="lead.stage_entered").uid)
    assert event["timestamp"].endswith("Z")
    assert "Тайн" not in str(api.get("events/").json())


def test_one_walks_on_by_the_cursor_and_gets_each_event_once(api: Api, office: Office) -> None:
    for _n in range(5):
        office.lead()
    numbering.number_all()
    seen, after = [], {}
    while True:
        page = api.get("events/", limit=3, **after).json()
        seen += [event["id"] for event in page["data"]]
        after = {"after": page["cursor"]}
        if page["next"] is None:
            break
    assert len(seen) == len(set(seen)) == 10
    assert api.get("events/", **after).json()["data"] == []
    office.lead()
    numbering.number_all()
    assert len(api.get("events/", **after).json()["data"]) == 2


def test_what_is_not_numbered_yet_is_not_told(api: Api, office: Office) -> None:
    office.lead()
    assert api.get("events/").json()["data"] == []
    numbering.number_all()
    assert len(api.get("events/").json()["data"]) == 2


def test_a_team_s_key_never_sees_another_team_s_event(api_of: MakeApi, office: Office) -> None:
    mine, foreign = office.lead(office.olim), office.lead(office.sitora)
    numbering.number_all()
    ids = {event["data"]["id"] for event in api_of(office.north).get("events/").json()["data"]}
    assert ids == {str(mine.pk), str(mine.party_id)}
    assert str(foreign.pk) in str(api_of().get("events/").json())


def test_the_right_to_the_feed_is_asked_for(api_of: MakeApi) -> None:
    assert api_of(None, "leads:read").get("events/").json()["scope"] == "events:read"
    assert api_of(None, "events:read").get("events/").status_code == 200


@pytest.mark.parametrize(
    "query", [{"after": "nonsense"}, {"limit": "0"}, {"limit": "201"}, {"type": "lead.dreamt"}, {"since": "1"}]
)
def test_a_wrong_parameter_is_named(api: Api, query: dict[str, str]) -> None:
    answer = api.get("events/", **query)
    assert answer.status_code == 400
    assert next(iter(query)) in answer.json()["errors"][0]["pointer"]
