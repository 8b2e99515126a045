"""Actions of the backlog for bank systems: planned, timed, ranked, moved, done."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.models import Action
from backlog.services.sprints import monday_of, open_sprint
from common import clock
from leads.models import LossReason
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
DEEDS = {
    "result": {"outcome": "agreed"}, "priority": {"priority": 1}, "move": {"sprint": None}, "drop": {},
    "slot": {"slot_start": None}, "restore": {}, "split": {"titles": ["Раз", "Два"]},
}  # fmt: skip


def slot(office: Office, day: int = 0, hour: int = 10) -> str:
    """A time of the next week by Olim's clock."""
    monday = monday_of(clock.now().astimezone(office.olim.zone).date()) + timedelta(days=7 + day)
    moment = datetime.combine(monday, datetime.min.time(), office.olim.zone) + timedelta(hours=hour)
    return moment.isoformat()


def body(office: Office, **changes: Any) -> dict[str, Any]:
    return {"title": "Обзвонить оценщиков", "owner": str(office.olim.pk), **changes}


def planned(api: Api, office: Office, **changes: Any) -> Any:
    made = api.post("actions/", body(office, **changes))
    assert made.status_code == 201, made.content
    return made.json()


def test_an_action_is_planned_with_all_that_it_holds(api: Api, office: Office) -> None:
    lead = office.lead()
    made = api.post("actions/", body(
        office, lead=str(lead.pk), kind="call", priority=1, duration_minutes=60, slot_start=slot(office),
        location="Офис", expected="2.5",
    ))  # fmt: skip
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["agent"], told["client"], told["lead"]) == (str(lead.party_id), None, str(lead.pk))
    assert (told["status"], told["priority"], told["expected"], told["result"]) == ("planned", 1, "2.50", None)
    begins, ends = (datetime.fromisoformat(told[name]) for name in ("slot_start", "slot_end"))
    assert ends - begins == timedelta(hours=1)
    assert api.get(f"sprints/{told['sprint']}/").json()["tally"]["planned_minutes"] == 60
    assert api.get(made["Location"]).json() == told


def test_without_goal_week_and_slot_it_is_an_idea(api: Api, office: Office) -> None:
    told = planned(api, office)
    assert (told["sprint"], told["goal"], told["metric"]) == (None, None, None)
    assert [row["id"] for row in api.get("actions/", sprint="none").json()["data"]] == [told["id"]]


def test_a_key_plans_for_somebody(api: Api, office: Office) -> None:
    answer = api.post("actions/", {"title": "Ничьё"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/owner")
    lead = office.lead()
    assert api.post("actions/", {"title": "По лиду", "lead": str(lead.pk)}).json()["owner"] == str(office.olim.pk)


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"title": ""}, 400, "#/title"),
        ({"priority": 7}, 400, "#/priority"),
        ({"priority": "1"}, 400, "#/priority"),
        ({"duration_minutes": 1800}, 422, "#/duration_minutes"),
        ({"slot_start": "2020-01-06T05:00:00Z"}, 422, "#/slot_start"),
        ({"due_at": "2020-01-06T05:00:00Z"}, 422, "#/due_at"),
        ({"expected": "0.123"}, 400, "#/expected"),
        ({"kind": "dance"}, 400, "#/kind"),
        ({"goal": "01900000-0000-7000-8000-000000000000"}, 400, "#/goal"),
        ({"status": "done"}, 400, "#/status"),
    ],
)
def test_what_makes_no_sense_is_named(
    api: Api, office: Office, changes: dict[str, Any], status: int, pointer: str
) -> None:
    answer = api.post("actions/", body(office, **changes))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer), answer.content
    assert not Action.objects.exists()


def test_a_slot_outside_of_the_named_week_is_refused(api: Api, office: Office) -> None:
    week = open_sprint(owner=office.olim, day=clock.now().date(), by=office.olim)
    answer = api.post("actions/", body(office, sprint=str(week.pk), slot_start=slot(office, day=3)))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/slot_start")


def test_two_actions_never_share_a_moment(api: Api, office: Office) -> None:
    planned(api, office, slot_start=slot(office), duration_minutes=60)
    clash = api.post("actions/", body(office, title="Вторая", slot_start=slot(office)))
    assert (clash.status_code, clash.json()["code"], clash.json()["errors"][0]["pointer"]) == (
        409, "slot_taken", "#/slot_start",
    )  # fmt: skip
    other = planned(api, office, title="Третья")
    moved = api.post(f"actions/{other['id']}/slot/", {"slot_start": slot(office)})
    assert (moved.status_code, moved.json()["code"]) == (409, "slot_taken")
    placed = api.post(f"actions/{other['id']}/slot/", {"slot_start": slot(office, hour=12)}).json()
    assert placed["sprint"] is not None
    freed = api.post(f"actions/{other['id']}/slot/", {"slot_start": None}).json()
    assert (freed["slot_start"], freed["sprint"]) == (None, placed["sprint"])


def test_what_an_action_says_is_changed_under_its_version(api: Api, office: Office) -> None:
    told = planned(api, office)
    path = f"actions/{told['id']}/"
    assert api.patch(path, {"title": "Иначе"}).status_code == 428
    etag = api.get(path)["ETag"]
    changed = api.patch(path, {"title": "Иначе", "duration_minutes": 45}, etag=etag)
    assert (changed.json()["title"], changed.json()["duration_minutes"]) == ("Иначе", 45)
    assert api.patch(path, {"title": "Ещё иначе"}, etag=etag).status_code == 412
    assert api.patch(path, {"priority": 0}, etag="*").json()["errors"][0]["code"] == "unknown_field"


def test_a_result_closes_the_action_and_plans_the_next(
    api: Api, office: Office, moment: Callable[[float], str]
) -> None:
    week = open_sprint(owner=office.olim, day=clock.now().date(), by=office.olim)
    told = planned(api, office, sprint=str(week.pk))
    path, said = f"actions/{told['id']}/result/", {"outcome": "not_reached", "note": "Не взял", "next_at": moment(30)}
    done = api.post(path, said).json()
    assert (done["status"], done["result"]["outcome"], done["result"]["note"]) == ("done", "not_reached", "Не взял")
    following = api.get(f"actions/{done['next_action']}/").json()
    assert (following["follows"], following["status"]) == (told["id"], "planned")
    assert api.post(path, said).json()["next_action"] == done["next_action"]
    other = api.post(path, {"outcome": "agreed"})
    assert (other.status_code, other.json()["code"]) == (409, "already_recorded")


def test_a_refusal_asks_its_reason_and_a_verbal_contract_its_terms(api: Api, office: Office) -> None:
    lead = office.lead()
    told = planned(api, office, lead=str(lead.pk))
    path = f"actions/{told['id']}/result/"
    refused = api.post(path, {"outcome": "refused"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/reason")
    gate = api.post(path, {"outcome": "verbal_contract"})
    assert (gate.status_code, gate.json()["code"]) == (409, "gate_closed")
    assert all(error["pointer"].startswith("#/facts/") for error in gate.json()["errors"]), gate.content
    reason = LossReason.objects.filter(active=True).first()
    done = api.post(path, {"outcome": "refused", "reason": reason.code, "note": "Дорого"}).json()
    assert (done["status"], done["result"]["reason"]) == ("done", reason.code)
    assert api.get(f"leads/{lead.pk}/").json()["outcome"] == "lost"


def test_a_priority_is_changed_with_its_reason(api: Api, office: Office) -> None:
    told = planned(api, office)
    changed = api.post(f"actions/{told['id']}/priority/", {"priority": 0, "reason": "Клиент уезжает"}).json()
    assert (changed["priority"], changed["priority_own"], changed["priority_reason"]) == (0, True, "Клиент уезжает")
    history = Action.objects.get(pk=told["id"]).priority_changes.get()
    assert (history.before, history.after, history.reason) == (2, 0, "Клиент уезжает")
    wrong = api.post(f"actions/{told['id']}/priority/", {"priority": 7})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "#/priority")


def test_an_action_moves_between_ideas_week_and_goal(api: Api, office: Office) -> None:
    week = open_sprint(owner=office.olim, day=clock.now().date(), by=office.olim)
    goal = api.post(
        "goals/", {"sprint": str(week.pk), "statement": "10 звонков", "metric": "calls", "target": "10"}
    ).json()
    first, second = planned(api, office), planned(api, office, title="Вторая")
    path = f"actions/{first['id']}/move/"
    assert api.post(path, {"goal": goal["id"]}).json()["metric"] == "calls"
    assert api.post(path, {"sprint": str(week.pk)}).json()["goal"] is None
    api.post(f"actions/{second['id']}/move/", {"sprint": str(week.pk), "before": first["id"]})
    order = Action.objects.filter(sprint=week).order_by("position").values_list("title", flat=True)
    assert list(order) == ["Вторая", "Обзвонить оценщиков"]
    assert api.post(path, {"sprint": None}).json()["sprint"] is None
    for wrong in ({}, {"goal": goal["id"], "sprint": None}):
        assert api.post(path, wrong).json()["errors"][0]["code"] == "conflict"
    foreign = open_sprint(owner=office.oksana, day=clock.now().date(), by=office.oksana)
    answer = api.post(path, {"sprint": str(foreign.pk)})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/sprint")


def test_an_action_is_split_dropped_put_back_and_handed_over(api: Api, office: Office) -> None:
    told = planned(api, office, duration_minutes=60)
    path = f"actions/{told['id']}"
    few = api.post(f"{path}/split/", {"titles": ["Одна"]})
    assert (few.status_code, few.json()["errors"][0]["pointer"]) == (422, "#/titles")
    parts = api.post(f"{path}/split/", {"titles": ["Первая", "Вторая"]}).json()["data"]
    assert [(row["title"], row["duration_minutes"]) for row in parts] == [("Первая", 30), ("Вторая", 30)]
    dropped = api.post(f"{path}/drop/", {"reason": "Не нужно"}).json()
    assert (dropped["status"], "Не нужно" in dropped["note"]) == ("dropped", True)
    late = api.post(f"{path}/priority/", {"priority": 0})
    assert (late.status_code, late.json()["errors"][0]["code"]) == (422, "closed")
    assert api.post(f"{path}/restore/", {}).json()["status"] == "planned"
    assert api.post(f"{path}/assign/", {"owner": str(office.oksana.pk)}).json()["owner"] == str(office.oksana.pk)


def test_a_deed_under_an_old_version_is_refused(api: Api, office: Office) -> None:
    told = planned(api, office)
    stale = api.post(f"actions/{told['id']}/drop/", {}, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    assert Action.objects.get().is_open


def test_the_list_filters_as_it_is_asked(api: Api, office: Office) -> None:
    mine = planned(api, office, priority=0, slot_start=slot(office))
    planned(api, office, owner=str(office.sitora.pk), title="Чужая", kind="call")
    ids = lambda **query: [row["id"] for row in api.get("actions/", **query).json()["data"]]  # noqa: E731
    assert ids(owner=str(office.olim.pk)) == ids(priority="0") == ids(q="обзвон") == [mine["id"]]
    assert ids(slot_start__gte=slot(office), slot_start__lte=slot(office, hour=11)) == [mine["id"]]
    assert ids(overdue="true") == ids(status="done") == []
    assert len(ids(sort="-priority")) == 2
    for wrong in ({"priority": "7"}, {"iso_week": "2026-W60"}, {"colour": "red"}, {"overdue": "x"}):
        assert api.get("actions/", **wrong).status_code == 400, wrong


def test_a_stranger_s_action_does_not_exist_for_any_deed(api: Api, api_of: MakeApi, office: Office) -> None:
    told = planned(api, office)
    south = api_of(office.south)
    assert south.get("actions/").json()["data"] == []
    assert south.get(f"actions/{told['id']}/").status_code == 404
    assert south.patch(f"actions/{told['id']}/", {"title": "x"}, etag="*").status_code == 404
    deeds = DEEDS | {"assign": {"owner": str(office.sitora.pk)}}
    assert {south.post(f"actions/{told['id']}/{deed}/", said).status_code for deed, said in deeds.items()} == {404}
    hidden = south.post("actions/", {"title": "x", "owner": str(office.sitora.pk), "follows": told["id"]})
    assert (hidden.status_code, hidden.json()["errors"][0]["code"]) == (400, "does_not_exist")


def test_a_key_that_reads_the_backlog_does_not_write_it(api: Api, api_of: MakeApi, office: Office) -> None:
    told = planned(api, office)
    reader = api_of(None, "backlog:read")
    assert reader.get(f"actions/{told['id']}/").status_code == 200
    answers = [reader.post(f"actions/{told['id']}/{deed}/", said) for deed, said in DEEDS.items()]
    assert {(a.status_code, a.json()["code"], a.json()["scope"]) for a in answers} == {
        (403, "scope_missing", "backlog:write")
    }
    assert api_of(None, "leads:read").get("actions/").status_code == 403


def test_a_person_s_name_in_a_title_is_hidden_from_a_key_without_the_right(
    api: Api, api_of: MakeApi, office: Office
) -> None:
    lead = office.lead(name="Азиз Каримов")
    told = planned(api, office, title="Докрутить: срок — Азиз Каримов", lead=str(lead.pk))
    assert told["title"].endswith("Азиз Каримов")
    reader = api_of(None, "backlog:read")
    assert reader.get(f"actions/{told['id']}/").json()["title"] == "Докрутить: срок — А… К…"
    assert reader.get("actions/", q="Каримов").json()["scope"] == "pii:read"


def test_fifty_actions_cost_what_one_costs_and_at_most_six_queries(api: Api, office: Office) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api.get("actions/").status_code == 200
        return sum(query["sql"].startswith("SELECT") for query in queries)

    planned(api, office, lead=str(office.lead().pk))
    one = cost()
    for number in range(49):
        made = planned(api, office, title=f"Дело {number}", lead=str(office.lead().pk))
        if number % 2:
            api.post(f"actions/{made['id']}/result/", {"outcome": "agreed"})
    assert cost() == one <= 6
