"""Another system's name for a record: borne by one, found by, changed and refused alike in every noun that has it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from backlog.services.sprints import open_sprint
from common import clock
from leads.models import Blocker, Lead, ValuePromise
from leads.services.recording import record_promise
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
PAIR = {"source": "core", "external_id": "N-1"}


def goal(office: Office, words: str) -> dict[str, Any]:
    week = open_sprint(
        owner=office.olim, day=clock.now().astimezone(office.olim.zone).date(), by=office.olim
    )  # fmt: skip
    return {"sprint": str(week.pk), "statement": words, "metric": "calls", "target": "10"}


def action(office: Office, words: str) -> dict[str, Any]:
    return {"title": words, "owner": str(office.olim.pk)}


def finding(office: Office, words: str) -> dict[str, Any]:
    return {"claim": words, "goal_metric": "calls", "actions": [{"title": "Звонок с вопросом о сроке"}]}


def blocker(office: Office, words: str) -> dict[str, Any]:
    return {"party": str(office.lead().party_id), "category": "product", "description": words}


def initiative(office: Office, words: str) -> dict[str, Any]:
    return {
        "name": words, "product": str(office.product.pk), "owner": str(office.olim.pk), "starts_on": "2026-01-01",
        "ends_on": "2026-06-30",
    }  # fmt: skip


def segment(office: Office, words: str) -> dict[str, Any]:
    return {"kind": "agent", "name": words}


def utp(office: Office, words: str) -> dict[str, Any]:
    return {"statement": words}


def hypothesis(office: Office, words: str) -> dict[str, Any]:
    return {
        "initiative": str(office.initiative.pk), "segment": str(office.segment.pk), "utps": [str(office.utp.pk)],
        "problem": words, "success_stage": str(office.stage("meeting").pk), "expected_rate": "0.25",
        "refuted_below": "0.1", "owner": str(office.olim.pk),
    }  # fmt: skip


def meeting(office: Office, words: str) -> dict[str, Any]:
    return {"lead": str(office.lead().pk), "planned_at": "2026-01-30T05:00:00Z", "note": words}


def interview(office: Office, words: str) -> dict[str, Any]:
    return {"lead": str(office.lead().pk), "problem": words}


def agreement(office: Office, words: str) -> dict[str, Any]:
    return {"lead": str(office.lead().pk), "agent_gives": words, "bank_gives": "Комиссия"}


def contract(office: Office, words: str) -> dict[str, Any]:
    return {"lead": str(office.lead().pk), "number": words}


def promise(office: Office, words: str) -> dict[str, Any]:
    return {"lead": str(office.lead().pk), "metric": words, "target": "1", "due_on": "2026-04-30"}


def measurement(office: Office, words: str) -> dict[str, Any]:
    lead, now = office.lead(), clock.now()
    promised = record_promise(
        lead=lead, by=office.olim, at=now, metric=words, target=Decimal(1), due_on=now.date() + timedelta(days=9)
    )  # fmt: skip
    return {"promise": str(promised.pk), "value": "2", "taken_from": words}


Body = Callable[[Office, str], dict[str, Any]]
CHANGED: dict[str, Body] = {
    "goals": goal, "actions": action, "findings": finding, "blockers": blocker, "initiatives": initiative,
    "segments": segment, "utps": utp, "hypotheses": hypothesis, "meetings": meeting, "contracts": contract,
}  # fmt: skip
NEVER_CHANGED: dict[str, Body] = {
    "interviews": interview, "agreements": agreement, "value-promises": promise, "value-measurements": measurement,
}  # fmt: skip
NOUNS = CHANGED | NEVER_CHANGED
GO_ON = {"blockers", "contracts"}
"""The same words are the same blocker, and a contract without its day and file waits for them."""
OF_LEADS = ("meetings", "contracts", *NEVER_CHANGED)


@pytest.fixture(params=NOUNS)
def noun(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def made(api: Api, path: str, body: dict[str, Any]) -> Any:
    answer = api.post(path, body)
    assert answer.status_code == 201, answer.content
    return answer


def test_a_record_is_found_by_its_name_elsewhere(api: Api, office: Office, noun: str) -> None:
    path, body = f"{noun}/", NOUNS[noun]
    first = made(api, path, body(office, "Первое") | PAIR)
    made(api, path, body(office, "Второе"))
    assert {name: first.json()[name] for name in PAIR} == PAIR
    assert [row["id"] for row in api.get(path, **PAIR).json()["data"]] == [first.json()["id"]]
    assert api.get(path, source="core", external_id="N-2").json()["data"] == []


def test_the_pair_is_borne_by_one_record(api: Api, office: Office, noun: str) -> None:
    path, body = f"{noun}/", NOUNS[noun]
    first = body(office, "Первое") | PAIR
    known = made(api, path, first).json()["id"]
    again = api.post(path, first)
    if noun in GO_ON:
        assert (again.status_code, again.json()["id"]) == (200, known)
    else:
        taken(again)
    taken(api.post(path, body(office, "Второе") | PAIR))
    assert len(api.get(path, source="core").json()["data"]) == 1


def taken(answer: Any) -> None:
    told = answer.json()
    assert (answer.status_code, told["code"], told["errors"][0]["pointer"]) == (409, "duplicate", "#/external_id")


@pytest.mark.parametrize("changed", CHANGED)
def test_a_record_gets_its_name_later(api: Api, office: Office, changed: str) -> None:
    path, body = f"{changed}/", NOUNS[changed]
    made(api, path, body(office, "Первое") | PAIR)
    second = made(api, path, body(office, "Второе"))
    taken(api.patch(second["Location"], PAIR, etag=second["ETag"]))
    same_number = PAIR | {"source": "bi"}
    named = api.patch(second["Location"], same_number, etag=second["ETag"])
    assert {name: named.json()[name] for name in PAIR} == same_number


@pytest.mark.parametrize("fact", OF_LEADS)
def test_somebody_else_s_name_finds_nothing_and_tells_nothing(api_of: MakeApi, office: Office, fact: str) -> None:
    path, south = f"{fact}/", api_of(office.south)
    hidden = made(api_of(office.north), path, NOUNS[fact](office, "Скрытое") | PAIR).json()
    assert south.get(path, **PAIR).json()["data"] == []
    theirs = NOUNS[fact](office, "Своё")
    for field, rows in (("lead", Lead), ("promise", ValuePromise)):
        if field in theirs:
            lead = rows.objects.get(pk=theirs[field])
            Lead.objects.filter(pk=getattr(lead, "lead_id", lead.pk)).update(owner=office.sitora, team=office.south)
    refused = south.post(path, theirs | PAIR)
    taken(refused)
    assert not {hidden["id"], hidden.get("lead"), "Скрытое"} & set(refused.content.decode().split('"'))


def test_a_message_goes_on_with_the_fact_that_it_names_or_with_one_without_a_name(api: Api, office: Office) -> None:
    lead, other = str(office.lead().pk), {"source": "core", "external_id": "N-2"}
    soon = {"lead": lead, "planned_at": "2026-01-30T05:00:00Z"}
    named = made(api, "meetings/", soon | PAIR).json()["id"]
    held = {"lead": lead, "held_at": "2026-01-30T05:10:00Z"}
    another = made(api, "meetings/", held | other)  # the planned one is told of under another name
    assert another.json()["id"] != named
    plain = made(api, "meetings/", soon | {"planned_at": "2026-01-29T05:00:00Z"}).json()["id"]
    first = api.post("meetings/", held | PAIR)
    assert (first.status_code, first.json()["id"]) == (200, named)
    second = api.post("meetings/", held | {"source": "core", "external_id": "N-3"})
    assert (second.status_code, second.json()["id"], second.json()["external_id"]) == (200, plain, "N-3")


def test_half_a_fact_is_completed_under_its_name_and_under_another_a_new_one_is_made(api: Api, office: Office) -> None:
    lead, other = str(office.lead().pk), {"source": "core", "external_id": "N-2"}
    for path, half, rest in (
        ("agreements/", {"agent_gives": "20 оценок"}, {"bank_gives": "Комиссия"}),
        ("contracts/", {"number": "АК-7"}, {"signed_on": "2026-01-15"}),
    ):
        known = made(api, path, {"lead": lead} | half | PAIR).json()["id"]
        whole = api.post(path, {"lead": lead} | rest | PAIR)
        assert (whole.status_code, whole.json()["id"]) == (200, known)
        assert made(api, path, {"lead": lead} | half | other).json()["id"] != known


def test_a_fact_that_comes_with_a_move_bears_its_name_and_a_taken_one_is_pointed_at(api: Api, office: Office) -> None:
    held = {"planned_at": "2026-01-30T05:00:00Z", "held_at": "2026-01-30T05:00:00Z"}
    body = {"to": "meeting", "facts": {"meeting": held | PAIR}}
    moved = api.post(f"leads/{office.lead().pk}/moves/", body)
    assert moved.status_code == 201, moved.content
    assert len(api.get("meetings/", **PAIR).json()["data"]) == 1
    again = api.post(f"leads/{office.lead().pk}/moves/", body)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "#/facts/meeting/external_id")


def test_a_number_without_its_system_is_refused(api: Api, office: Office, noun: str) -> None:
    answer = api.post(f"{noun}/", NOUNS[noun](office, "Первое") | {"external_id": "N-1"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/source")


def test_a_blocker_of_the_same_words_takes_one_name_and_keeps_it(api: Api, office: Office) -> None:
    body = blocker(office, "Долго")
    known = made(api, "blockers/", body)
    named = api.post("blockers/", body | PAIR)
    assert (named.status_code, named.json()["id"], named.json()["external_id"]) == (200, known.json()["id"], "N-1")
    assert api.post("blockers/", body | PAIR).status_code == 200
    other = api.post("blockers/", body | PAIR | {"external_id": "N-2"})
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (409, "#/external_id")
    assert Blocker.objects.get().external_id == "N-1"
