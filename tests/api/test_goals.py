"""Goals and weeks for bank systems: set, counted, summed up, carried on."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.models import Goal, Sprint
from backlog.services.sprints import monday_of, open_sprint
from backlog.weeks import code_of
from common import clock
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
OWN = {"metric": "own", "metric_name": "Обученные агенты", "unit": "агентов", "baseline": "2"}


def today(office: Office) -> Any:
    return clock.now().astimezone(office.olim.zone).date()


@pytest.fixture
def week(office: Office) -> Sprint:
    return open_sprint(owner=office.olim, day=today(office), by=office.olim)


def body(week: Sprint, **changes: Any) -> dict[str, Any]:
    said = {"sprint": str(week.pk), "statement": "10 устных контрактов", "metric": "verbal_contract", "target": "10"}
    return {name: value for name, value in (said | changes).items() if value is not None}


def set_goal(api: Api, week: Sprint, **changes: Any) -> Any:
    made = api.post("goals/", body(week, **changes))
    assert made.status_code == 201, made.content
    return made.json()


def test_a_goal_is_set_changed_and_given_up(api: Api, office: Office, week: Sprint) -> None:
    told = set_goal(api, week, segment=str(office.segment.pk), initiative=str(office.initiative.pk))
    assert (told["owner"], told["deadline"], told["value"]) == (str(office.olim.pk), str(week.ends_on), "0.00")
    path = f"goals/{told['id']}/"
    changed = api.patch(path, {"target": "12.5"}, etag=api.get(path)["ETag"])
    assert changed.json()["target"] == "12.50"
    low = api.patch(path, {"target": "0"}, etag="*")
    assert (low.status_code, low.json()["errors"][0]["pointer"]) == (422, "#/target")
    late = api.patch(path, {"deadline": str(week.ends_on + timedelta(days=1))}, etag="*")
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "#/deadline")
    assert api.patch(path, {"sprint": str(week.pk)}, etag="*").json()["errors"][0]["code"] == "read_only"
    assert api.post(f"{path}drop/", {}).json()["status"] == "dropped"


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"metric": None}, 400, "#/metric"),
        ({"metric": "happiness"}, 400, "#/metric"),
        ({"target": None}, 400, "#/target"),
        ({"target": "0"}, 422, "#/target"),
        ({"target": "1.234"}, 400, "#/target"),
        ({"target": 10}, 400, "#/target"),
        ({"metric": "own"}, 422, "#/metric_name"),
        ({"statement": ""}, 400, "#/statement"),
        ({"value": "3"}, 400, "#/value"),
    ],
)
def test_what_makes_no_sense_is_named(
    api: Api, week: Sprint, changes: dict[str, Any], status: int, pointer: str
) -> None:
    answer = api.post("goals/", body(week, **changes))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer), answer.content
    assert not Goal.objects.exists()


def test_an_own_metric_is_written_down_and_grows(api: Api, week: Sprint) -> None:
    told = set_goal(api, week, **OWN)
    assert told["value"] == "2.00"
    path = f"goals/{told['id']}/values/"
    first = api.post(path, {"value": "4", "note": "Обучение в среду"})
    assert (first.status_code, first.json()["value"], first.json()["note"]) == (201, "4.00", "Обучение в среду")
    api.post(path, {"value": "6.5"})
    assert [point["value"] for point in api.get(path).json()["data"]] == ["4.00", "6.50"]
    assert api.get(f"goals/{told['id']}/").json()["value"] == "6.50"
    early = api.post(path, {"value": "1", "at": "2020-01-01T00:00:00Z"})
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "#/at")


def test_a_counted_metric_is_read_and_never_typed(api: Api, office: Office, week: Sprint) -> None:
    told = set_goal(api, week, metric="contact", segment=str(office.segment.pk))
    office.lead(segment_id=office.segment.pk)
    assert api.get(f"goals/{told['id']}/").json()["value"] == "1.00"
    assert [point["value"] for point in api.get(f"goals/{told['id']}/values/").json()["data"]] == ["1.00"]
    typed = api.post(f"goals/{told['id']}/values/", {"value": "9"})
    assert (typed.status_code, typed.json()["errors"][0]["code"]) == (422, "counted")


def test_a_week_is_opened_once(api: Api, office: Office) -> None:
    said = {"owner": str(office.olim.pk), "iso_week": code_of(today(office))}
    made = api.post("sprints/", said)
    assert (made.status_code, made.json()["status"], made.json()["tally"]["total"]) == (201, "open", 0)
    again = api.post("sprints/", said)
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    assert api.post("sprints/", said | {"iso_week": "2026-W60"}).status_code == 400
    nobody = api.post("sprints/", {"iso_week": said["iso_week"]})
    assert (nobody.status_code, nobody.json()["errors"][0]["pointer"]) == (422, "#/owner")


def test_a_week_tells_plan_and_fact_and_closes_with_a_review(api: Api, office: Office, week: Sprint) -> None:
    goal = set_goal(api, week, **OWN, target="5")
    api.post(f"goals/{goal['id']}/values/", {"value": "5"})
    for title in ("Первая", "Вторая"):
        api.post("actions/", {"title": title, "goal": goal["id"]})
    path = f"sprints/{week.pk}/"
    fact = api.get(f"{path}review/").json()
    assert (fact["goals"][0]["value"], fact["goals"][0]["reached"]) == ("5.00", True)
    assert (fact["actions"]["open"], fact["actions"]["planned_minutes"]) == (2, 60)
    assert fact["working_minutes"] > 0
    closed = api.post(f"{path}review/", {"worked": "Звонки утром"}).json()
    assert (closed["status"], closed["worked"]) == ("closed", "Звонки утром")
    for answer in (
        api.post("goals/", body(week)),
        api.post("actions/", {"title": "Поздно", "sprint": str(week.pk)}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "sprint_closed")


def test_a_week_to_come_is_not_summed_up(api: Api, office: Office) -> None:
    ahead = open_sprint(owner=office.olim, day=today(office) + timedelta(days=7), by=office.olim)
    early = api.post(f"sprints/{ahead.pk}/review/", {})
    assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "early")


def test_what_is_left_goes_on_to_another_week(api: Api, office: Office, week: Sprint) -> None:
    goal = set_goal(api, week, metric="calls")
    action = api.post("actions/", {"title": "Осталось", "goal": goal["id"]}).json()
    following = monday_of(today(office)) + timedelta(days=7)
    moved = api.post(f"sprints/{week.pk}/carry-over/", {"iso_week": code_of(following)}).json()["data"]
    assert [(row["id"], row["metric"]) for row in moved] == [(action["id"], "calls")]
    assert moved[0]["goal"] != goal["id"]
    same = api.post(f"sprints/{week.pk}/carry-over/", {"iso_week": code_of(today(office))})
    assert (same.status_code, same.json()["errors"][0]["pointer"]) == (422, "#/iso_week")


def test_lists_filter_by_week_owner_and_metric(api: Api, office: Office, week: Sprint) -> None:
    told = set_goal(api, week)
    foreign = open_sprint(owner=office.sitora, day=today(office), by=office.sitora)
    set_goal(api, foreign, metric="calls")
    ids = lambda **query: [row["id"] for row in api.get("goals/", **query).json()["data"]]  # noqa: E731
    assert ids(owner=str(office.olim.pk)) == ids(metric="verbal_contract") == ids(sprint=str(week.pk)) == [told["id"]]
    assert len(ids(iso_week=week.code)) == 2
    assert ids(status="dropped") == []
    weeks = api.get("sprints/", iso_week=week.code, owner=str(office.olim.pk), status="open").json()["data"]
    assert [(row["id"], row["iso_week"], row["tally"]["goals"]) for row in weeks] == [(str(week.pk), week.code, 1)]
    assert api.get("goals/", iso_week="2026-48").json()["errors"][0]["pointer"] == "?iso_week"


def test_strangers_weeks_and_goals_do_not_exist(api: Api, api_of: MakeApi, office: Office, week: Sprint) -> None:
    told = set_goal(api, week, **OWN)
    south = api_of(office.south)
    for noun, pk in (("goals", told["id"]), ("sprints", str(week.pk))):
        assert south.get(f"{noun}/").json()["data"] == []
        assert south.get(f"{noun}/{pk}/").status_code == 404
    answers = [
        south.patch(f"goals/{told['id']}/", {"target": "9"}, etag="*"),
        south.post(f"goals/{told['id']}/drop/", {}),
        south.post(f"goals/{told['id']}/values/", {"value": "3"}),
        south.get(f"goals/{told['id']}/values/"),
        south.get(f"sprints/{week.pk}/review/"),
        south.post(f"sprints/{week.pk}/review/", {}),
        south.post(f"sprints/{week.pk}/carry-over/", {"iso_week": "2026-W50"}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    hidden = south.post("goals/", body(week))
    assert (hidden.status_code, hidden.json()["errors"][0]["code"]) == (400, "does_not_exist")


def test_keys_read_and_write_only_with_their_right(api: Api, api_of: MakeApi, week: Sprint) -> None:
    told = set_goal(api, week, **OWN)
    reader = api_of(None, "backlog:read")
    assert reader.get(f"goals/{told['id']}/values/").status_code == 200
    answers = [
        reader.post("goals/", body(week)),
        reader.post(f"goals/{told['id']}/values/", {"value": "3"}),
        reader.post(f"goals/{told['id']}/drop/", {}),
        reader.post("sprints/", {"iso_week": week.code}),
        reader.post(f"sprints/{week.pk}/review/", {}),
    ]
    assert {answer.json()["scope"] for answer in answers} == {"backlog:write"}


@pytest.mark.parametrize("noun", ["goals/", "sprints/"])
def test_fifty_cost_what_one_costs_and_at_most_six_queries(api: Api, office: Office, week: Sprint, noun: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api.get(noun).status_code == 200
        return sum(query["sql"].startswith(("SELECT", "EXECUTE", "(SELECT")) for query in queries)

    set_goal(api, week, segment=str(office.segment.pk))
    one = cost()
    for number in range(12):
        later = open_sprint(owner=office.olim, day=today(office) + timedelta(days=7 * number), by=office.olim)
        set_goal(api, later, segment=str(office.segment.pk))
        set_goal(api, later, **OWN)
    assert cost() == one <= 6
