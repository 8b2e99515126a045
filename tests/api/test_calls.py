"""Calls by REST: written by the exchange's own number, found by phone, seen as far as the token sees."""

from collections.abc import Callable

import pytest

from calls.models import Call
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
Moment = Callable[..., str]


@pytest.fixture
def talk(moment: Moment) -> dict[str, object]:
    return {"direction": "in", "at": moment(-1), "result": "talked", "duration_seconds": 431}


def phone_of(lead) -> str:
    return lead.party.contacts.get().value


def test_a_call_is_posted_and_read_back(api: Api, office: Office, talk: dict) -> None:
    lead = office.lead()
    body = talk | {"phone": phone_of(lead), "owner": str(office.olim.pk), "recording_url": "https://pbx.bank/1.mp3"}
    made = api.post("calls/", body | {"source": "pbx", "external_id": "a-1"})
    assert made.status_code == 201
    told = made.json()
    assert made["Location"] == f"/api/v1/calls/{told['id']}/"
    assert (told["lead"], told["agent"], told["client"]) == (str(lead.pk), str(lead.party_id), None)
    assert (told["direction"], told["duration_seconds"], told["likely_empty"]) == ("in", 431, False)
    assert api.get(f"calls/{told['id']}/").json() == told


def test_put_is_safe_to_repeat_and_an_older_message_is_told_so(api: Api, talk: dict) -> None:
    address = "calls/by-external/pbx/a-1/"
    assert api.put(address, talk | {"source_version": 7}).status_code == 201
    assert api.put(address, talk | {"source_version": 7}).status_code == 200
    stale = api.put(address, talk | {"source_version": 6, "duration_seconds": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert Call.objects.get().duration_seconds == 431
    assert api.put(address, talk | {"source_version": 8, "duration_seconds": 1}).json()["duration_seconds"] == 1


def test_a_second_post_of_one_external_id_is_a_duplicate(api: Api, talk: dict) -> None:
    body = talk | {"source": "pbx", "external_id": "a-1"}
    assert api.post("calls/", body).status_code == 201
    assert api.post("calls/", body).json()["code"] == "duplicate"
    lonely = api.post("calls/", talk | {"external_id": "a-2"})
    assert lonely.json()["errors"][0]["pointer"] == "#/source"


def test_a_duplicate_out_of_sight_shows_nothing_of_it(api_of: MakeApi, office: Office, talk: dict) -> None:
    south = api_of(office.south).put("calls/by-external/pbx/a-1/", talk)
    refused = api_of(office.north).put("calls/by-external/pbx/a-1/", talk | {"duration_seconds": 9})
    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate")
    assert south.json()["id"] not in refused.content.decode()
    assert Call.objects.get().duration_seconds == 431


def test_a_number_of_a_hidden_party_is_a_stranger_s_number(api_of: MakeApi, office: Office, talk: dict) -> None:
    hidden = office.lead(office.sitora)
    told = api_of(office.north).post("calls/", talk | {"phone": phone_of(hidden)}).json()
    assert (told["lead"], told["agent"]) == (None, None)
    assert api_of(office.south).post("calls/", talk | {"phone": phone_of(hidden)}).json()["lead"] == str(hidden.pk)


def test_hidden_and_missing_calls_answer_alike(api_of: MakeApi, office: Office, talk: dict) -> None:
    call = api_of(office.south).post("calls/", talk).json()
    north = api_of(office.north)
    answers = [north.get(f"calls/{pk}/") for pk in (call["id"], "01900000-0000-7000-8000-000000000000", "x")]
    assert {answer.status_code for answer in answers} == {404}
    assert north.get("calls/").json()["data"] == []
    assert north.patch(f"calls/{call['id']}/", {"result": "busy"}, etag='"1"').status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("direction", "up"),
        ("result", "good"),
        ("duration_seconds", -1),
        ("duration_seconds", "60"),
        ("at", "2026-01-01"),
        ("phone", "12"),
        ("recording_url", "http://pbx.bank/1.mp3"),
        ("recording_url", "ftp://pbx.bank/1.mp3"),
        ("owner", "01900000-0000-7000-8000-000000000000"),
        ("score", 5),
    ],
)
def test_what_does_not_fit_is_named(api: Api, talk: dict, field: str, value: object) -> None:
    answer = api.post("calls/", talk | {field: value})
    assert answer.status_code in {400, 422}
    assert answer.json()["errors"][0]["pointer"] == f"#/{field}"
    assert not Call.objects.exists()


def test_the_filters_are_those_of_the_page(api: Api, office: Office, talk: dict, moment: Moment) -> None:
    lead = office.lead()
    short = api.post("calls/", talk | {"duration_seconds": 30, "phone": phone_of(lead)}).json()["id"]
    missed = api.post("calls/", talk | {"result": "missed", "at": moment(-48), "direction": "out"}).json()["id"]

    def found(**query: str) -> list[str]:
        return [row["id"] for row in api.get("calls/", **query).json()["data"]]

    assert found() == [short, missed]
    assert found(sort="at") == [missed, short]
    assert found(likely_empty="true") == [short]
    assert found(lead=str(lead.pk)) == found(agent=str(lead.party_id)) == found(result="talked") == [short]
    assert found(at__lte=moment(-24)) == found(direction="out") == [missed]
    assert found(q=phone_of(lead)[-7:]) == [short]
    assert api.get("calls/", mood="good").json()["code"] == "invalid"


def test_a_call_is_mended_with_its_etag(api: Api, office: Office, talk: dict) -> None:
    lead = office.lead()
    made = api.post("calls/", talk)
    path = f"calls/{made.json()['id']}/"
    assert api.patch(path, {"lead": str(lead.pk)}).status_code == 428
    mended = api.patch(path, {"lead": str(lead.pk)}, etag=made["ETag"])
    assert (mended.status_code, mended.json()["agent"]) == (200, str(lead.party_id))
    assert api.patch(path, {"result": "busy"}, etag=made["ETag"]).status_code == 412
    both = api.patch(path, {"agent": str(lead.party_id), "client": None}, etag=mended["ETag"])
    assert both.status_code == 200


def test_who_was_called_is_hidden_from_a_token_without_the_right(api_of: MakeApi, office: Office, talk: dict) -> None:
    api = api_of(None, "calls:read", "calls:write")
    body = talk | {"phone": "+998901234567", "recording_url": "https://pbx.bank/1.mp3"}
    told = api.post("calls/", body).json()
    assert "1234567" not in told["phone"]
    assert told["recording_url"] == ""
    assert Call.objects.get().phone == "+998901234567"
    assert api.get("calls/", q="1234567").json()["code"] == "scope_missing"


def test_reading_and_writing_calls_are_rights_apart(api_of: MakeApi, talk: dict) -> None:
    reader, writer = api_of(None, "calls:read"), api_of(None, "calls:write")
    assert reader.post("calls/", talk).json()["scope"] == "calls:write"
    assert writer.get("calls/").json()["scope"] == "calls:read"
    assert writer.post("calls/", talk).status_code == 201
