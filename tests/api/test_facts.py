"""Meetings, interviews, agreements and contracts as resources: written by the rules of the card, seen with the lead."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from leads.models import Contract
from leads.services.recording import record_agreement, record_contract, record_interview, record_meeting
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
Moment = Callable[..., str]
PDF = {"name": "7.pdf", "content": base64.b64encode(b"%PDF-1.7 signed").decode()}
MISSING = "01900000-0000-7000-8000-000000000000"
NOUNS = ("meetings", "interviews", "agreements", "contracts")


def facts_on(lead: Any) -> None:
    """One of each kind."""
    given = {"lead": lead, "by": lead.owner, "at": clock.now()}
    record_meeting(**given, planned_at=clock.now())
    record_interview(**given, problem="Долгая выдача", problem_validated="yes")
    record_agreement(**given, agent_gives="20 оценок")
    record_contract(**given, number="АК-7")


def test_a_meeting_is_appointed_held_and_read(api: Api, office: Office, moment: Moment) -> None:
    lead = office.lead()
    made = api.post("meetings/", {"lead": str(lead.pk), "planned_at": moment(24), "kind": "visit", "place": "Офис"})
    assert made.status_code == 201, made.content
    assert (made.json()["status"], made.json()["held_at"], made.json()["kind"]) == ("planned", None, "visit")
    assert api.get(made["Location"]).json() == made.json()
    noted = api.patch(made["Location"], {"note": "Возьмёт бухгалтера"}, etag=made["ETag"])
    assert (noted.json()["status"], noted.json()["note"]) == ("planned", "Возьмёт бухгалтера")
    held = api.patch(made["Location"], {"held_at": moment(-1)}, etag=noted["ETag"])
    assert (held.json()["status"], held.json()["planned_at"]) == ("held", made.json()["planned_at"])
    late = api.patch(made["Location"], {"note": "Долго"}, etag=held["ETag"]).json()
    assert (late["status"], late["held_at"]) == ("held", held.json()["held_at"])


def test_a_meeting_changed_meanwhile_is_not_overwritten(api: Api, office: Office, moment: Moment) -> None:
    made = api.post("meetings/", {"lead": str(office.lead().pk), "planned_at": moment(24)})
    assert api.patch(made["Location"], {"note": "Первый"}, etag=made["ETag"]).status_code == 200
    assert api.patch(made["Location"], {"note": "Второй"}, etag=made["ETag"]).status_code == 412
    assert api.patch(made["Location"], {"note": "Третий"}).status_code == 428


def test_a_meeting_that_was_held_completes_the_planned_one(api: Api, office: Office, moment: Moment) -> None:
    lead = str(office.lead().pk)
    planned = api.post("meetings/", {"lead": lead, "planned_at": moment(-2)})
    held = api.post("meetings/", {"lead": lead, "held_at": moment(-1)})
    assert (held.status_code, held.json()["id"]) == (200, planned.json()["id"])


@pytest.mark.parametrize(
    ("noun", "body", "status", "pointer"),
    [
        ("meetings", {"held_at": "2099-01-01T00:00:00Z"}, 422, "#/held_at"),
        ("meetings", {}, 422, "#/planned_at"),
        ("meetings", {"kind": "party"}, 400, "#/kind"),
        ("interviews", {}, 422, "#/problem"),
        ("interviews", {"problem": "x", "utp_validated": "maybe"}, 400, "#/utp_validated"),
        ("agreements", {}, 422, "#/agent_gives"),
        ("contracts", {}, 422, "#/number"),
        ("contracts", {"signed_on": "2099-01-01"}, 422, "#/signed_on"),
        ("contracts", {"file": {"name": "7.exe", "content": "TVo="}}, 422, "#/file"),
        ("contracts", {"colour": "red"}, 400, "#/colour"),
    ],
)
def test_what_makes_no_fact_is_pointed_at(
    api: Api, office: Office, noun: str, body: dict[str, Any], status: int, pointer: str
) -> None:
    answer = api.post(f"{noun}/", {"lead": str(office.lead().pk)} | body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)
    assert api.get(f"{noun}/").json()["data"] == []


def test_an_interview_fills_the_lead_s_problem_and_cannot_be_rewritten(api: Api, office: Office) -> None:
    lead = office.lead()
    body = {"lead": str(lead.pk), "problem": "Долгая выдача", "problem_validated": "yes", "quotes": "«Две недели»"}
    made = api.post("interviews/", body)
    assert (made.status_code, made.json()["value_validated"]) == (201, "")
    lead.refresh_from_db()
    assert lead.problem == "Долгая выдача"
    assert api.patch(made["Location"], {"problem": "Другая"}, etag="*").status_code == 405


def test_half_an_agreement_is_completed_by_the_next(api: Api, office: Office) -> None:
    lead = str(office.lead().pk)
    half = api.post("agreements/", {"lead": lead, "agent_gives": "20 оценок"})
    whole = api.post("agreements/", {"lead": lead, "bank_gives": "Комиссия"})
    assert (half.status_code, whole.status_code) == (201, 200)
    assert (whole.json()["id"], whole.json()["agent_gives"]) == (half.json()["id"], "20 оценок")
    assert api.post("agreements/", {"lead": lead, "agent_gives": "Ещё"}).status_code == 201


def test_a_contract_gets_its_file_and_then_stays_as_it_is(api: Api, office: Office) -> None:
    lead = office.lead()
    made = api.post("contracts/", {"lead": str(lead.pk), "number": "АК-7", "terms": "5 %"})
    assert (made.status_code, made.json()["file_url"]) == (201, None)
    assert api.get(f"contracts/{made.json()['id']}/file/").status_code == 404
    signed = api.patch(made["Location"], {"signed_on": "2026-01-15", "file": PDF}, etag=made["ETag"])
    assert (signed.status_code, signed.json()["file_name"]) == (200, "7.pdf")
    file = api.get(signed.json()["file_url"])
    assert (file["Content-Type"], b"".join(file.streaming_content)) == ("application/pdf", b"%PDF-1.7 signed")
    assert file["Content-Disposition"].startswith("attachment")
    again = api.patch(made["Location"], {"number": "АК-8"}, etag=signed["ETag"])
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "complete")
    assert api.post("contracts/", {"lead": str(lead.pk), "number": "АК-8"}).status_code == 201
    assert Contract.objects.get(pk=made.json()["id"]).number == "АК-7"


def test_a_contract_s_file_is_served_through_the_scope(api_of: MakeApi, office: Office) -> None:
    made = api_of(office.south).post(
        "contracts/", {"lead": str(office.lead(office.sitora).pk), "number": "1", "file": PDF}
    )
    assert made.status_code == 201, made.content
    assert api_of(office.south).get(made.json()["file_url"]).status_code == 200
    assert api_of(office.north).get(made.json()["file_url"]).status_code == 404


@pytest.mark.parametrize("noun", NOUNS)
def test_facts_of_hidden_leads_do_not_exist(api_of: MakeApi, office: Office, noun: str) -> None:
    facts_on(office.lead())
    hidden = office.lead(office.sitora)
    facts_on(hidden)
    north, south = api_of(office.north), api_of(office.south)
    seen = [row["id"] for row in north.get(f"{noun}/").json()["data"]]
    theirs = [row["id"] for row in south.get(f"{noun}/").json()["data"]]
    assert (len(seen), len(theirs)) == (1, 1)
    assert seen != theirs
    answers = [north.get(f"{noun}/{pk}/") for pk in (theirs[0], MISSING, "no-id")]
    assert {answer.status_code for answer in answers} == {404}
    assert north.get(f"{noun}/", lead=str(hidden.pk)).json()["data"] == []
    for lead in (str(hidden.pk), MISSING):
        refused = north.post(f"{noun}/", {"lead": lead})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "#/lead")


@pytest.mark.parametrize("noun", NOUNS)
def test_facts_need_the_right_to_leads(api_of: MakeApi, office: Office, noun: str) -> None:
    reader = api_of(None, "leads:read")
    assert reader.get(f"{noun}/").status_code == 200
    assert reader.post(f"{noun}/", {"lead": str(office.lead().pk)}).json()["scope"] == "leads:write"
    assert api_of(None, "agents:read").get(f"{noun}/").json()["scope"] == "leads:read"


@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_of_facts_costs_the_same_for_one_and_for_many(api_of: MakeApi, office: Office, noun: str) -> None:
    api = api_of(office.north)
    counts = []
    for _round in range(2):
        for _n in range(1 + 4 * len(counts)):
            facts_on(office.lead())
        api.get(f"{noun}/")
        with CaptureQueriesContext(
            connection,
        ) as caught:
            rows = api.get(f"{noun}/", expand="by").json()["data"]
        counts.append((len(rows), len(caught)))
    assert [rows for rows, _queries in counts] == [1, 6]
    assert counts[0][1] == counts[1][1] <= 6, [query["sql"] for query in caught]


def test_facts_are_found_by_lead_owner_state_and_period(api: Api, office: Office, moment: Moment) -> None:
    mine, theirs = office.lead(), office.lead(office.oksana)
    facts_on(mine)
    facts_on(theirs)
    now = clock.now()
    record_meeting(lead=mine, by=office.olim, at=now, held_at=now)

    def found(noun: str, **query: Any) -> int:
        answer = api.get(f"{noun}/", **query)
        assert answer.status_code == 200, answer.content
        return len(answer.json()["data"])

    assert [found(noun, lead=str(mine.pk)) for noun in NOUNS] == [1, 1, 1, 1]
    assert [found(noun, owner=str(office.oksana.pk)) for noun in NOUNS] == [1, 1, 1, 1]
    assert found("meetings", status=["held", "planned"]) == 2
    assert found("meetings", status="held") == 1
    assert found("meetings", planned_at__gte=moment(-1), planned_at__lte=moment(1)) == 2
    assert found("meetings", held_at__gte=moment(1)) == 0
    assert found("interviews", problem_validated="yes", held_at__gte=moment(-1)) == 2
    assert found("interviews", problem_validated="no") == 0
    assert found("contracts", number="АК-7", has_file="false") == 2
    assert found("contracts", signed_on__gte="2026-01-01") == 0
    assert api.get("meetings/", owner=MISSING).status_code == 400
    assert api.get("meetings/", colour="red").status_code == 400
    assert api.get("contracts/", signed_on__gte="never").json()["errors"][0]["pointer"] == "?signed_on__gte"
