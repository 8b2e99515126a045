"""Hypotheses for bank systems: written, started, read with their samples, decided."""

import pytest

from common import clock
from hypotheses.services.running import start
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.hypotheses.bench import draft, running, second_utp
from tests.hypotheses.test_assignment import arrive
from tests.office import Office

pytestmark = pytest.mark.django_db


def body(office: Office, **changes: object) -> dict[str, object]:
    return {
        "initiative": str(office.initiative.pk), "segment": str(office.segment.pk),
        "utps": [str(office.utp.pk), str(second_utp(office).pk)], "problem": "не верят оценке",
        "success_stage": str(office.stage("meeting").pk), "expected_rate": "0.25", "source": "bi", "external_id": "T-1",
        "owner": str(office.olim.pk),
    } | changes  # fmt: skip


def test_a_test_is_written_mended_started_and_decided(api: Api, office: Office) -> None:
    made = api.post("hypotheses/", body(office))
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["status"], told["sample"]["n"], told["sample"]["rate"]) == ("draft", 0, None)
    assert told["utp"] == str(office.utp.pk)
    assert [arm["arm"] for arm in told["arms"]] == ["A", "B"]
    assert "не верят оценке" in told["statement"]
    where = f"hypotheses/{told['id']}/"
    mended = api.patch(where, {"sample_per_arm": 150, "expected_rate": "0.3"}, etag=made["ETag"])
    assert (mended.json()["sample_per_arm"], mended.json()["expected_rate"]) == (150, "0.3000")
    assert api.patch(where, {"sample_per_arm": 160}, etag=made["ETag"]).status_code == 412
    assert api.post(f"{where}start/", {}).json()["status"] == "running"
    locked = api.patch(where, {"sample_per_arm": 170}, etag="*")
    assert (locked.status_code, locked.json()["code"]) == (409, "locked")
    assert locked.json()["errors"][0]["pointer"] == "#/sample_per_arm"
    early = api.post(f"{where}decide/", {"decision": "refuted"})
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "#/reason")
    done = api.post(f"{where}decide/", {"decision": "refuted", "reason": "Никому не нужно"})
    assert (done.json()["status"], done.json()["verdict"]) == ("decided", "refuted")
    assert api.post(f"{where}decide/", {"decision": "confirmed", "reason": "Нет"}).json()["code"] == "not_running"


def test_an_external_number_is_taken_once(api: Api, office: Office) -> None:
    assert api.post("hypotheses/", body(office)).status_code == 201
    twice = api.post("hypotheses/", body(office))
    assert (twice.status_code, twice.json()["code"]) == (409, "duplicate")
    assert [row["external_id"] for row in api.get("hypotheses/", external_id="T-1").json()["data"]] == ["T-1"]


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"expected_rate": "1"}, 422, "#/expected_rate"),
        ({"expected_rate": 0.5}, 400, "#/expected_rate"),
        ({"refuted_below": "0.5"}, 422, "#/refuted_below"),
        ({"sample_per_arm": 3}, 400, "#/sample_per_arm"),
        ({"utps": []}, 400, "#/utps"),
        ({"colour": "red"}, 400, "#/colour"),
        ({"status": "running"}, 400, "#/status"),
    ],
)
def test_what_makes_no_sense_is_named(
    api: Api, office: Office, changes: dict[str, object], status: int, pointer: str
) -> None:
    answer = api.post("hypotheses/", body(office, **changes))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)


def test_the_list_tells_every_sample_and_filters(api: Api, office: Office) -> None:
    row = running(office)
    arrive(office, 4)
    draft(office, utps=[office.utp])
    listed = api.get("hypotheses/", status="running").json()["data"]
    assert [one["id"] for one in listed] == [str(row.pk)]
    assert sum(arm["open"] for arm in listed[0]["arms"]) == 4
    assert listed[0]["rule"]["word"] == "collecting"
    leads = api.get("leads/", hypothesis=str(row.pk), fate="open", include="total").json()
    assert leads["total"] == 4
    assert sum(api.get("leads/", hypothesis=str(row.pk), arm=a, include="total").json()["total"] for a in "AB") == 4


def test_a_winner_is_one_of_its_arms(api: Api, office: Office) -> None:
    row = running(office)
    foreign = api.post(f"hypotheses/{row.pk}/decide/", {"decision": "confirmed", "reason": "Да", "winner": "E"})
    assert (foreign.status_code, foreign.json()["errors"][0]["pointer"]) == (422, "#/winner")
    done = api.post(f"hypotheses/{row.pk}/decide/", {"decision": "confirmed", "reason": "Да", "winner": "B"})
    assert done.json()["status"] == "decided"


def test_an_overlap_is_a_conflict(api: Api, office: Office) -> None:
    running(office)
    answer = api.post(f"hypotheses/{draft(office).pk}/start/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "overlap")


def test_stopping_takes_a_reason(api: Api, office: Office) -> None:
    row = running(office)
    assert api.post(f"hypotheses/{row.pk}/stop/", {}).status_code == 400
    assert api.post(f"hypotheses/{row.pk}/stop/", {"reason": "Хватит"}).json()["status"] == "stopped"


def test_strangers_tests_do_not_exist(api_of: MakeApi, office: Office) -> None:
    row = draft(office)
    start(hypothesis=row, by=office.olim, at=clock.now())
    south = api_of(office.south)
    assert south.get("hypotheses/").json()["data"] == []
    assert south.get(f"hypotheses/{row.pk}/").status_code == 404
    assert south.post(f"hypotheses/{row.pk}/stop/", {"reason": "Хватит"}).status_code == 404
