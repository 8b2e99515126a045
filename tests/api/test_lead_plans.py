"""Weekly plans of leads over REST."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.weeks import code_of
from common import clock
from funnel import rollups
from leads.value import bank_day
from plans.services import monday_of, open_plan, set_targets
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
MISSING = "01900000-0000-7000-8000-000000000000"


def this_week() -> str:
    return code_of(monday_of(bank_day(clock.now())))


def body(office: Office, **changes: Any) -> dict[str, Any]:
    target = {"stage": str(office.stage("contact").pk), "target": 10}
    return {
        "iso_week": this_week(), "owner": str(office.olim.pk), "segment": str(office.segment.pk), "targets": [target],
    } | changes  # fmt: skip


def test_a_plan_is_made_filled_and_counted(api: Api, office: Office) -> None:
    office.lead(segment_id=office.segment.pk)
    rollups.refresh(at=clock.now())
    made = api.post("lead-plans/", body(office))
    assert made.status_code == 201, made.content
    plan = made.json()
    assert (plan["iso_week"], plan["reach"], plan["team"]) == (this_week(), 100, str(office.north.pk))
    assert [(row["code"], row["target"], row["fact"]) for row in plan["targets"]] == [("contact", 10, 1)]
    meeting = {"stage": str(office.stage("meeting").pk), "target": 4}
    mended = api.patch(made["Location"], {"targets": [meeting]}, etag=made["ETag"])
    assert [(row["code"], row["target"]) for row in mended.json()["targets"]] == [("contact", 10), ("meeting", 4)]
    assert api.patch(made["Location"], {"targets": [meeting]}, etag=made["ETag"]).status_code == 412
    emptied = api.patch(made["Location"], {"targets": [meeting | {"target": None}]}, etag=mended["ETag"])
    assert [row["code"] for row in emptied.json()["targets"]] == ["contact"]
    again = api.post("lead-plans/", body(office))
    assert (again.status_code, again.json()["id"]) == (200, plan["id"])
    listed = api.get("lead-plans/", segment=str(office.segment.pk), owner=str(office.olim.pk)).json()["data"]
    assert [(row["id"], row["targets"][0]["fact"]) for row in listed] == [(plan["id"], None)]
    assert api.get("lead-plans/", day="2020-01-01").json()["data"] == []


def test_what_makes_no_plan_is_pointed_at(api: Api, office: Office) -> None:
    def refused(**changes: Any) -> tuple[int, str, str]:
        answer = api.post("lead-plans/", body(office, **changes))
        return answer.status_code, answer.json()["code"], answer.json()["errors"][0]["pointer"]

    client_stage = {"stage": str(office.stage("contact", "client").pk), "target": 1}
    own = {"stage": str(office.stage("contact").pk), "target": 1}
    assert refused(targets=[client_stage]) == (422, "invalid", "#/targets")
    assert refused(targets=[own, own]) == (400, "invalid", "#/targets")
    assert refused(targets=[own | {"target": -1}])[0] == 400
    assert refused(iso_week="2026-99") == (400, "invalid", "#/iso_week")
    assert refused(segment=MISSING) == (400, "invalid", "#/segment")
    nobody = {name: value for name, value in body(office).items() if name != "owner"}
    assert api.post("lead-plans/", nobody).json()["errors"][0]["pointer"] == "#/owner"
    past = code_of(monday_of(bank_day(clock.now())) - timedelta(weeks=3))
    answer = api.post("lead-plans/", body(office, iso_week=past))
    assert (answer.status_code, answer.json()["code"]) == (409, "week_over")


def test_plans_of_others_do_not_exist_and_ask_for_their_right(api_of: MakeApi, office: Office) -> None:
    made = api_of().post("lead-plans/", body(office))
    south = api_of(office.south)
    assert south.get("lead-plans/").json()["data"] == []
    assert {south.get(f"lead-plans/{pk}/").status_code for pk in (made.json()["id"], MISSING, "x")} == {404}
    assert south.patch(made["Location"], {"targets": []}, etag="*").status_code == 404
    assert api_of(None, "backlog:read").post("lead-plans/", {}).json()["scope"] == "backlog:write"
    assert api_of(None, "leads:read").get("lead-plans/").json()["scope"] == "backlog:read"


def test_plans_cost_the_same_for_one_and_for_many(api_of: MakeApi, office: Office) -> None:
    api, at = api_of(office.north), clock.now()
    counts = []
    for week in range(2):
        day = bank_day(at) + timedelta(weeks=week)
        plan = open_plan(owner=office.olim, segment=office.segment, week=day, by=office.olim, at=at)
        set_targets(plan=plan, by=office.olim, at=at, targets={office.stage("contact"): 1, office.stage("meeting"): 1})
        api.get("lead-plans/")
        with CaptureQueriesContext(connection) as caught:
            rows = api.get("lead-plans/", expand="owner,segment").json()["data"]
        counts.append((len(rows), len(caught)))
    assert [rows for rows, _queries in counts] == [1, 2]
    assert counts[0][1] == counts[1][1] <= 6
