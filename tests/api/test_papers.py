"""Contracts from templates and requests to the lawyers, over REST."""

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from documents.services import legal
from leads.models import Contract, Lead
from leads.services.recording import record_agreement
from leads.value import bank_day
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
MISSING = "01900000-0000-7000-8000-000000000000"
PDF = {"name": "signed.pdf", "content": base64.b64encode(b"%PDF-1.7 signed").decode()}


def agreed(office: Office, owner: Any = None) -> Lead:
    lead = office.lead(owner)
    record_agreement(lead=lead, by=lead.owner, at=clock.now(), agent_gives="20 оценок", bank_gives="Комиссия")
    return lead


def asked(lead: Lead) -> Any:
    return legal.ask(lead=lead, by=lead.owner, at=clock.now(), question="Можно ли так?")


def test_a_contract_is_prepared_changed_signed(api: Api, office: Office) -> None:
    lead = agreed(office)
    made = api.post("contract-documents/", {"lead": str(lead.pk), "values": {"bank.name": "Наш банк"}})
    assert made.status_code == 201, made.content
    paper = made.json()
    assert (paper["kind"], paper["status"], paper["contract"]) == ("agent", "draft", None)
    (version,) = paper["versions"]
    assert (version["values"]["terms.party_gives"], version["values"]["party.name"]) == ("20 оценок", lead.party.name)
    for ending, head in (("docx", b"PK"), ("pdf", b"%PDF")):
        file = api.get(version[f"{ending}_url"])
        assert b"".join(file.streaming_content).startswith(head)
        assert file["Content-Type"] == "application/octet-stream"
        assert re.fullmatch(rf"attachment; .*v1\.{ending}\"?", file["Content-Disposition"])
    where = made["Location"]
    again = api.post(f"{where}versions/", {"values": {"terms.party_gives": "30 оценок"}})
    assert [one["number"] for one in again.json()["versions"]] == [2, 1]
    assert again.json()["versions"][0]["values"]["terms.bank_gives"] == "Комиссия"
    signed = api.post(f"{where}sign/", {"signed_on": str(bank_day(clock.now())), "file": PDF})
    assert (signed.status_code, signed.json()["status"]) == (200, "signed")
    assert Contract.objects.get(pk=signed.json()["contract"]).number == paper["number"]
    late = api.post(f"{where}void/", {})
    assert (late.status_code, late.json()["errors"][0]["code"]) == (422, "closed")


def test_what_makes_no_contract_is_pointed_at(api: Api, office: Office) -> None:
    lead = agreed(office)

    def refused(**body: Any) -> tuple[int, str]:
        answer = api.post("contract-documents/", {"lead": str(lead.pk)} | body)
        return answer.status_code, answer.json()["errors"][0]["pointer"]

    assert refused(template="poem-ru") == (422, "#/template")
    assert refused(values={"terms.bank_gives": ""}) == (422, "#/values/terms.bank_gives")
    assert refused(dated_on="1990-01-01") == (422, "#/dated_on")
    assert refused(lead=str(office.lead().pk)) == (422, "#/lead")
    assert refused(values=[]) == (400, "#/values")
    first = api.post("contract-documents/", {"lead": str(lead.pk), "number": "7"})
    assert first.status_code == 201
    assert refused(number="7") == (422, "#/number")
    assert api.post(f"{first['Location']}void/", {}).json()["status"] == "void"
    assert refused(signed=True) == (400, "#/signed")


def test_a_question_is_asked_taken_answered(api: Api, office: Office) -> None:
    lead = agreed(office)
    paper = api.post("contract-documents/", {"lead": str(lead.pk)}).json()["id"]
    body = {"lead": str(lead.pk), "question": "Можно ли платить комиссию физлицу?", "document": paper}
    made = api.post("legal-requests/", body | {"working_days": 2})
    assert made.status_code == 201, made.content
    assert (made.json()["status"], made.json()["overdue"], made.json()["document"]) == ("new", False, paper)
    taken = api.post(f"{made['Location']}take/", {"lawyer": "Азиза"})
    assert (taken.json()["status"], taken.json()["lawyer"]) == ("in_work", "Азиза")
    empty = api.post(f"{made['Location']}answer/", {"text": " "})
    assert (empty.status_code, empty.json()["errors"][0]["pointer"]) == (400, "#/text")
    done = api.post(f"{made['Location']}answer/", {"text": "Можно"})
    assert (done.json()["status"], done.json()["answer"], done.json()["lawyer"]) == ("answered", "Можно", "Азиза")
    late = api.post(f"{made['Location']}withdraw/", {"reason": "Поздно"})
    assert (late.status_code, late.json()["errors"][0]["code"]) == (422, "closed")
    assert [row["id"] for row in api.get("legal-requests/", status="answered").json()["data"]] == [made.json()["id"]]
    assert api.get("legal-requests/", overdue="1").json()["data"] == []
    other = api.post("legal-requests/", body | {"lead": str(office.lead().pk)})
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "#/document")


def test_an_unanswered_question_is_overdue_the_day_after(api: Api, office: Office) -> None:
    row = asked(office.lead())
    type(row).objects.filter(pk=row.pk).update(due_on=bank_day(clock.now()) - timedelta(days=1))
    assert [one["overdue"] for one in api.get("legal-requests/", overdue="1").json()["data"]] == [True]


def test_papers_of_hidden_leads_do_not_exist(api_of: MakeApi, office: Office) -> None:
    made = api_of().post("contract-documents/", {"lead": str(agreed(office, office.sitora).pk)}).json()
    request = asked(office.lead(office.sitora))
    north = api_of(office.north)
    for noun, pk in (("contract-documents", made["id"]), ("legal-requests", str(request.pk))):
        assert north.get(f"{noun}/").json()["data"] == []
        assert {north.get(f"{noun}/{one}/").status_code for one in (pk, MISSING, "x")} == {404}
    assert north.get(made["versions"][0]["pdf_url"]).status_code == 404
    south = api_of(office.south)
    for wrong in ("9/pdf", "1/exe", "x/pdf", "99999999/pdf"):
        assert south.get(f"contract-documents/{made['id']}/versions/{wrong}/").status_code == 404
    assert north.post(f"legal-requests/{request.pk}/answer/", {"text": "Нет"}).status_code == 404


def test_papers_ask_for_the_right_to_leads_and_files_for_that_to_people(api_of: MakeApi, office: Office) -> None:
    made = api_of().post("contract-documents/", {"lead": str(agreed(office).pk)}).json()
    contract = api_of().post("contracts/", {"lead": made["lead"], "number": "1", "file": PDF}).json()
    reader = api_of(None, "leads:read")
    assert reader.get(f"contract-documents/{made['id']}/").json()["versions"][0]["values"] == {}
    for url in (made["versions"][0]["docx_url"], contract["file_url"]):
        assert reader.get(url).json()["scope"] == "pii:read"
    for noun in ("contract-documents", "legal-requests"):
        assert reader.post(f"{noun}/", {}).json()["scope"] == "leads:write"
        assert api_of(None, "agents:read").get(f"{noun}/").json()["scope"] == "leads:read"


@pytest.mark.parametrize("noun", ["contract-documents", "legal-requests"])
def test_papers_cost_the_same_for_one_and_for_many(api_of: MakeApi, office: Office, noun: str) -> None:
    api = api_of(office.north)
    counts = []
    for _round in range(2):
        lead = agreed(office)
        api.post("contract-documents/", {"lead": str(lead.pk)})
        asked(lead)
        with CaptureQueriesContext(connection) as caught:
            rows = api.get(f"{noun}/", expand="by").json()["data"]
        counts.append((len(rows), len(caught)))
    assert [rows for rows, _queries in counts] == [1, 2]
    assert counts[0][1] == counts[1][1] <= 6
