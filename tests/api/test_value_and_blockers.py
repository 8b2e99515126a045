"""Promises of value with their measurements, and what on the bank's side holds people back."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from leads.services.blockers import add_blocker
from leads.services.recording import record_measurement, record_promise
from leads.value import bank_day
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
Moment = Callable[..., str]
MISSING = "01900000-0000-7000-8000-000000000000"


def promise_to(lead: Any, **changes: Any) -> Any:
    due = bank_day(clock.now()) + timedelta(days=14)
    fields = {"metric": "оценок в месяц", "baseline": Decimal(10), "target": Decimal(20), "due_on": due} | changes
    return record_promise(lead=lead, by=lead.owner, at=clock.now(), **fields)


def test_a_promise_is_given_measured_and_kept(api: Api, office: Office, moment: Moment) -> None:
    lead = office.lead()
    due = str(bank_day(clock.now()) + timedelta(days=14))
    body = {"lead": str(lead.pk), "metric": "оценок", "unit": "шт.", "baseline": "10", "target": "20", "due_on": due}
    made = api.post("value-promises/", body)
    assert made.status_code == 201, made.content
    promise = made.json()
    assert (promise["state"], promise["target"], promise["measured"]) == ("waiting", "20.0000", None)
    few = api.post("value-measurements/", {"promise": promise["id"], "value": "15", "taken_from": "отчёт агента"})
    assert (few.status_code, few.json()["lead"]) == (201, str(lead.pk))
    assert api.get(few["Location"]).json() == few.json()
    assert api.get(made["Location"]).json()["measured"] == "15.0000"
    api.post("value-measurements/", {"promise": promise["id"], "value": "21", "measured_at": moment(0)})
    kept = api.get(made["Location"]).json()
    assert (kept["state"], kept["kept_on"]) == ("kept", str(bank_day(clock.now())))
    assert api.get(f"leads/{lead.pk}/").json()["value_state"] == "kept"
    for where in (made["Location"], few["Location"]):
        assert api.patch(where, {"value": "99"}, etag="*").status_code == 405


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"target": "5"}, 422, "#/target"),
        ({"target": 5}, 400, "#/target"),
        ({"due_on": "1999-01-01"}, 422, "#/due_on"),
        ({"metric": " "}, 400, "#/metric"),
        ({"direction": "sideways"}, 400, "#/direction"),
    ],
)
def test_a_promise_that_cannot_be_measured_is_pointed_at(
    api: Api, office: Office, body: dict[str, Any], status: int, pointer: str
) -> None:
    given = {"metric": "оценок", "baseline": "10", "target": "20", "due_on": "2099-01-01"}
    answer = api.post("value-promises/", {"lead": str(office.lead().pk)} | given | body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)


def test_a_measurement_ahead_or_before_the_promise_is_pointed_at(api: Api, office: Office, moment: Moment) -> None:
    promise = str(promise_to(office.lead()).pk)
    for hours in (5, -5 * 24):
        answer = api.post("value-measurements/", {"promise": promise, "value": "1", "measured_at": moment(hours)})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/measured_at")


def test_promises_are_found_by_state_lead_and_day(api: Api, office: Office) -> None:
    mine, theirs = promise_to(office.lead()), promise_to(office.lead(office.oksana))
    record_measurement(lead=mine.lead, by=office.olim, at=clock.now(), value=Decimal(30), promise=mine)

    def found(noun: str, **query: Any) -> list[str]:
        answer = api.get(f"{noun}/", **query)
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["data"]]

    assert found("value-promises", state="kept") == [str(mine.pk)]
    assert found("value-promises", lead=str(theirs.lead_id)) == [str(theirs.pk)]
    assert found("value-promises", due_on__lte="2020-01-01") == []
    assert found("value-promises", owner=str(office.oksana.pk), sort="-due_on") == [str(theirs.pk)]
    assert len(found("value-measurements", promise=str(mine.pk))) == 1
    assert found("value-measurements", lead=str(theirs.lead_id)) == []


def test_value_of_hidden_leads_does_not_exist(api_of: MakeApi, office: Office) -> None:
    promise = promise_to(office.lead(office.sitora))
    measured = record_measurement(
        lead=promise.lead, by=office.sitora, at=clock.now(), value=Decimal(30), promise=promise
    )
    north = api_of(office.north)
    for noun, row in (("value-promises", promise), ("value-measurements", measured)):
        assert north.get(f"{noun}/").json()["data"] == []
        assert {north.get(f"{noun}/{pk}/").status_code for pk in (row.pk, MISSING)} == {404}
        assert api_of(office.south).get(f"{noun}/{row.pk}/").status_code == 200
    refused = north.post("value-measurements/", {"promise": str(promise.pk), "value": "1"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "#/promise")


def test_a_blocker_holds_many_and_is_removed_once(api: Api, office: Office) -> None:
    first = office.lead(amount=Decimal(500))
    second = office.lead(amount=Decimal(300))
    body = {"party": str(first.party_id), "category": "product", "description": "Не кредитуем авто старше 5 лет"}
    made = api.post("blockers/", body | {"responsible": "Продуктовый комитет"})
    assert made.status_code == 201, made.content
    assert made.json()["margin_held"] == {"amount": "500.00", "currency": "UZS"}
    again = api.post("blockers/", body | {"party": str(second.party_id)})
    assert (again.status_code, again.json()["id"], again.json()["leads_held"]) == (200, made.json()["id"], 2)
    where = made["Location"]
    told = api.patch(where, {"responsible": "Риски", "category": "scoring"}, etag=again["ETag"])
    assert (told.status_code, told.json()["responsible"], told.json()["status"]) == (200, "Риски", "open")
    assert api.patch(where, {"responsible": "Я"}, etag=made["ETag"]).status_code == 412
    freed = api.post(f"{where}release/", {"party": str(second.party_id)})
    assert freed.json()["leads_held"] == 1
    removed = api.patch(where, {"status": "removed"}, etag=freed["ETag"])
    assert (removed.json()["status"], removed.json()["removed_at"] is None) == ("removed", False)
    opened = api.patch(where, {"status": "open"}, etag=removed["ETag"])
    assert (opened.json()["status"], opened.json()["removed_at"]) == ("open", None)


def test_margin_is_counted_over_the_leads_that_the_caller_sees(api_of: MakeApi, office: Office) -> None:
    mine, theirs = office.lead(amount=Decimal(500)), office.lead(office.sitora, amount=Decimal(70))
    for lead in (mine, theirs):
        add_blocker(party=lead.party, by=lead.owner, at=clock.now(), description="Скоринг", category="scoring")
    sums = [
        api_of(team).get("blockers/").json()["data"][0]["margin_held"]["amount"]
        for team in (office.north, office.south, None)
    ]
    assert sums == ["500.00", "70.00", "570.00"]
    north = api_of(office.north)
    assert north.get("blockers/", party=str(theirs.party_id)).status_code == 400
    hidden = {"party": str(theirs.party_id), "category": "legal", "description": "x"}
    assert north.post("blockers/", hidden).json()["errors"][0]["pointer"] == "#/party"


def test_blockers_are_found_by_state_and_category_and_refused_with_a_pointer(api: Api, office: Office) -> None:
    lead = office.lead()
    one = {"party": str(lead.party_id), "category": "legal", "description": "Долго смотрят юристы"}
    api.post("blockers/", one)
    other = api.post("blockers/", one | {"description": "Нет шаблона"})
    assert len(api.get("blockers/", status="open", category="legal").json()["data"]) == 2
    assert api.get("blockers/", status="removed").json()["data"] == []
    twice = api.patch(other["Location"], {"description": one["description"]}, etag=other["ETag"])
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (409, "#/description")
    assert api.patch(other["Location"], {"description": ""}, etag="*").json()["errors"][0]["code"] == "required"
    assert api.post("blockers/", one | {"category": "weather"}).json()["errors"][0]["pointer"] == "#/category"
    assert {api.get(f"blockers/{pk}/").status_code for pk in (MISSING, "x")} == {404}


@pytest.mark.parametrize("noun", ["value-promises", "value-measurements", "blockers"])
def test_these_lists_cost_the_same_for_one_and_for_many(api_of: MakeApi, office: Office, noun: str) -> None:
    api = api_of(office.north)
    counts = []
    for _round in range(2):
        for number in range(1 + 4 * len(counts)):
            promise = promise_to(office.lead())
            record_measurement(lead=promise.lead, by=office.olim, at=clock.now(), value=Decimal(1), promise=promise)
            words = f"Блокатор {len(counts)}-{number}"
            add_blocker(party=promise.lead.party, by=office.olim, at=clock.now(), description=words, category="other")
        api.get(f"{noun}/")
        with CaptureQueriesContext(connection) as caught:
            rows = api.get(f"{noun}/", expand="by").json()["data"]
        counts.append((len(rows), len(caught)))
    assert [rows for rows, _queries in counts] == [1, 6]
    assert counts[0][1] == counts[1][1] <= 6, [query["sql"] for query in caught]
