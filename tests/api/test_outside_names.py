"""Another system's name for a record: borne by one, found by, changed and refused alike in every noun that has it."""

from collections.abc import Callable
from typing import Any

import pytest

from backlog.services.sprints import open_sprint
from common import clock
from leads.models import Blocker
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


Body = Callable[[Office, str], dict[str, Any]]
NOUNS: dict[str, Body] = {
    "goals": goal, "actions": action, "findings": finding, "blockers": blocker, "initiatives": initiative,
    "segments": segment, "utps": utp, "hypotheses": hypothesis,
}  # fmt: skip


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
    made(api, path, body(office, "Первое") | PAIR)
    second = made(api, path, body(office, "Второе"))
    for answer in (
        api.post(path, body(office, "Третье") | PAIR),
        api.patch(second["Location"], PAIR, etag=second["ETag"]),
    ):
        told = answer.json()
        assert (answer.status_code, told["code"], told["errors"][0]["pointer"]) == (409, "duplicate", "#/external_id")
    same_number = PAIR | {"source": "bi"}
    changed = api.patch(second["Location"], same_number, etag=second["ETag"])
    assert {name: changed.json()[name] for name in PAIR} == same_number


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
