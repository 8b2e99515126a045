"""Findings of the community for bank systems: published without names, liked, borrowed into somebody's week."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.models import Borrowing, Finding
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db


def body(**changes: Any) -> dict[str, Any]:
    return {
        "claim": "Начинать с вопроса о сроке выдачи", "text": "Спросить в первые полминуты", "goal_metric": "calls",
        "actions": [{"title": "Звонок с вопросом о сроке", "kind": "call", "duration_minutes": 15}], **changes,
    }  # fmt: skip


def published(api: Api, **changes: Any) -> Any:
    made = api.post("findings/", body(**changes))
    assert made.status_code == 201, made.content
    return made.json()


def test_a_finding_is_published_read_and_mended(api: Api, office: Office) -> None:
    told = published(api, segment=str(office.segment.pk), after_passed=6, after_tries=14)
    assert told["actions"] == [{"title": "Звонок с вопросом о сроке", "kind": "call", "duration_minutes": 15}]
    assert (told["borrowed_count"], told["effect"]["n"], told["effect"]["rate"]) == (0, 0, None)
    assert (told["segment_name"], told["retired"]) == (office.segment.name, False)
    path = f"findings/{told['id']}/"
    changed = api.patch(path, {"actions": [{"title": "Короткий звонок"}]}, etag=api.get(path)["ETag"])
    assert changed.json()["actions"] == [{"title": "Короткий звонок", "kind": "call", "duration_minutes": 15}]
    assert api.post(f"{path}retire/", {}).json()["retired"] is True
    assert api.post(f"{path}retire/", {"retired": False}).json()["retired"] is False


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"goal_metric": "happiness"}, 400, "#/goal_metric"),
        ({"goal_metric": "own"}, 422, "#/metric_name"),
        ({"actions": []}, 400, "#/actions"),
        ({"actions": [{"title": "Раз"}, {"title": "Два"}]}, 400, "#/actions"),
        ({"actions": [{"title": "Раз", "duration_minutes": 1800}]}, 422, "#/actions/0/duration_minutes"),
        ({"after_passed": 9, "after_tries": 3}, 422, "#/after_passed"),
        ({"after_passed": 9}, 422, "#/after_tries"),
        ({"effect": {}}, 400, "#/effect"),
    ],
)
def test_what_makes_no_sense_is_named(api: Api, changes: dict[str, Any], status: int, pointer: str) -> None:
    answer = api.post("findings/", body(**changes))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer), answer.content
    assert not Finding.objects.exists()


def test_a_finding_names_nobody(api: Api, office: Office) -> None:
    answer = api.post("findings/", body(text="Иван сказал: звоните на +998 90 111-22-33"))
    assert (answer.status_code, answer.json()["code"]) == (422, "personal_data")
    assert answer.json()["errors"][0]["pointer"] == "#/text"


def test_a_finding_is_borrowed_into_a_week_once(api: Api, office: Office) -> None:
    told = published(api)
    path = f"findings/{told['id']}/borrow/"
    nobody = api.post(path, {})
    assert (nobody.status_code, nobody.json()["errors"][0]["pointer"]) == (422, "#/owner")
    taken = api.post(path, {"owner": str(office.olim.pk)})
    assert (taken.status_code, taken.json()["finding"], taken.json()["title"]) == (
        201, told["id"], "Звонок с вопросом о сроке",
    )  # fmt: skip
    assert api.post(path, {"owner": str(office.olim.pk)}).json()["id"] == taken.json()["id"]
    assert Borrowing.objects.get().user == office.olim
    api.post(f"actions/{taken.json()['id']}/result/", {"outcome": "agreed"})
    after = api.get(f"findings/{told['id']}/").json()
    assert (after["borrowed_count"], after["effect"]["n"], after["effect"]["successes"]) == (1, 1, 1)
    api.post(f"findings/{told['id']}/retire/", {})
    late = api.post(path, {"owner": str(office.oksana.pk)})
    assert (late.status_code, late.json()["errors"][0]["code"]) == (422, "retired")


def test_a_key_of_a_team_borrows_only_for_its_people(api: Api, api_of: MakeApi, office: Office) -> None:
    told = published(api)
    answer = api_of(office.south).post(f"findings/{told['id']}/borrow/", {"owner": str(office.olim.pk)})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "does_not_exist")


def test_it_is_liked_once_however_often(api: Api) -> None:
    path = f"findings/{published(api)['id']}/like/"
    assert [api.post(path, {}).json()["like_count"] for _time in range(2)] == [1, 1]
    assert api.post(path, {"liked": False}).json()["like_count"] == 0


def test_what_is_kept_to_a_team_is_not_seen_beside_it(api_of: MakeApi, office: Office) -> None:
    told = published(api_of(office.north), bank_wide=False)
    south = api_of(office.south)
    assert south.get("findings/").json()["data"] == []
    answers = [
        south.get(f"findings/{told['id']}/"),
        south.patch(f"findings/{told['id']}/", {"claim": "x"}, etag="*"),
        south.post(f"findings/{told['id']}/like/", {}),
        south.post(f"findings/{told['id']}/retire/", {}),
        south.post(f"findings/{told['id']}/borrow/", {"owner": str(office.sitora.pk)}),
    ]
    assert {answer.status_code for answer in answers} == {404}


def test_another_team_s_finding_is_read_and_not_mended(api_of: MakeApi, office: Office) -> None:
    told = published(api_of(office.north))
    south = api_of(office.south)
    assert south.get(f"findings/{told['id']}/").status_code == 200
    refused = south.patch(f"findings/{told['id']}/", {"claim": "Иначе"}, etag="*")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


def test_the_backlog_s_right_is_not_the_findings_right(api: Api, api_of: MakeApi) -> None:
    told = published(api)
    assert api_of(None, "backlog:read", "backlog:write").get("findings/").json()["scope"] == "findings:read"
    reader = api_of(None, "findings:read")
    found = reader.get("findings/", q="сроке", metric="calls", view="all")
    assert found.status_code == 200, found.content
    assert [row["id"] for row in found.json()["data"]] == [told["id"]]
    assert reader.post(f"findings/{told['id']}/like/", {}).json()["scope"] == "findings:write"


def test_fifty_findings_cost_what_one_costs_and_at_most_six_queries(api: Api) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api.get("findings/").status_code == 200
        return sum(query["sql"].startswith("SELECT") for query in queries)

    published(api)
    one = cost()
    for number in range(20):
        published(api, claim=f"Находка {number}")
    assert cost() == one <= 6
