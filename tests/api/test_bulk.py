"""Leads by the thousand: the same rules and the same answers as one by one, in the order that was sent."""

import json
import random
from pathlib import Path
from typing import Any

import pghistory.models
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken
from common import clock
from imports import bulk
from imports.models import BulkLoad, BulkRow
from jobs import services as jobs
from jobs.models import Job
from leads.models import Lead
from salescrm.subscriptions import work_bulk_load
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db


def item(number: int, **more: Any) -> dict[str, Any]:
    contact = {"type": "phone", "value": f"+99891{number:07d}"}
    pair = {"source": "core", "external_id": f"c-{number}"}
    return {"kind": "agent", "name": f"Агент {number}", "contacts": [contact], **pair, **more}


def send(api: Api, items: list[Any], headers: dict[str, str] | None = None, **members: Any) -> Any:
    return api.post("bulk/leads/", {"items": items, **members}, headers=headers)


def statuses(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["status"] for one in answer.json()["data"]]


def audit_rows() -> int:
    return pghistory.models.Events.objects.count()


def test_each_item_is_answered_in_its_place(api: Api) -> None:
    api.put("leads/by-external/core/c-1/", {k: v for k, v in item(1).items() if k not in {"source", "external_id"}})
    wrong = item(2, name=5)
    closed_gate = item(3, contacts=[])
    answer = send(api, [item(4), item(1, base="Ярмарка"), wrong, item(1, base="Ярмарка"), closed_gate, "no object"])
    assert statuses(answer) == ["created", "updated", "refused", "unchanged", "refused", "refused"]
    told = answer.json()
    assert told["counts"] == {"created": 1, "updated": 1, "unchanged": 1, "stale": 0, "refused": 3}
    assert told["data"][0]["id"] == str(Lead.objects.get(external_id="c-4").pk)
    assert told["data"][2]["problem"]["errors"][0]["pointer"] == "#/items/2/name"
    assert told["data"][4]["problem"]["code"] == "gate_closed"
    assert told["data"][4]["problem"]["errors"][0]["pointer"] == "#/items/4/contacts"
    assert told["data"][5]["problem"]["errors"][0]["pointer"] == "#/items/5"


def test_the_same_batch_three_times_and_shuffled_leaves_one_state_and_no_further_audit(
    api: Api, office: Office
) -> None:
    items = [
        item(n, base="Ядро", segment=str(office.segment.pk), source_version=n, tags=["a"],
             amount={"amount": "5.00", "currency": "UZS"}, next_action_at="2999-01-01T09:00:00Z")
        for n in range(30)
    ]  # fmt: skip
    assert set(statuses(send(api, items))) == {"created"}
    before, rows = list(Lead.objects.order_by("pk").values()), audit_rows()
    for _round in range(3):
        random.Random(_round).shuffle(items)
        assert set(statuses(send(api, items))) == {"unchanged"}
    assert list(Lead.objects.order_by("pk").values()) == before
    assert audit_rows() == rows


def test_an_older_message_is_stale_and_changes_nothing(api: Api) -> None:
    send(api, [item(1, base="новое", source_version=7)])
    answer = send(api, [item(1, base="старое", source_version=6), item(1, base="то же", source_version=7)])
    assert statuses(answer) == ["stale", "updated"]
    assert answer.json()["data"][0]["problem"]["code"] == "stale"
    assert Lead.objects.get().base == "то же"


def test_messages_about_one_lead_in_one_batch_come_in_their_order(api: Api) -> None:
    answer = send(
        api, [item(1, source_version=2), item(1, base="b", source_version=1), item(1, base="c", source_version=3)]
    )
    assert statuses(answer) == ["created", "stale", "updated"]
    assert Lead.objects.get().base == "c"


def test_one_by_one_is_guarded_by_the_same_number(api: Api) -> None:
    body = {k: v for k, v in item(1).items() if k not in {"source", "external_id"}}
    assert api.put("leads/by-external/core/c-1/", body | {"source_version": 5}).status_code == 201
    old = api.put("leads/by-external/core/c-1/", body | {"source_version": 4, "base": "x"})
    assert (old.status_code, old.json()["code"]) == (409, "stale")
    assert api.put("leads/by-external/core/c-1/", body | {"source_version": 5, "base": "y"}).json()["base"] == "y"
    assert statuses(send(api, [item(1, source_version=4)])) == ["stale"]


def test_a_refused_message_leaves_its_number_free(api: Api) -> None:
    assert statuses(send(api, [item(1, contacts=[], source_version=9)])) == ["refused"]
    assert statuses(send(api, [item(1, source_version=8)])) == ["created"]


def test_all_or_none_names_everything_and_takes_nothing(api: Api) -> None:
    answer = send(api, [item(1), item(2, contacts=[]), item(3, name=7)], atomic=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "batch_refused")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/items/2/name"]
    answer = send(api, [item(1), item(2, contacts=[])], atomic=True)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/items/1/contacts"]
    assert not Lead.objects.exists()
    assert statuses(send(api, [item(1), item(2)], atomic=True)) == ["created", "created"]


def test_without_all_or_none_the_good_ones_go_in(api: Api) -> None:
    assert statuses(send(api, [item(1), item(2, contacts=[])])) == ["created", "refused"]
    assert Lead.objects.count() == 1


def test_both_rights_are_needed(api_of: MakeApi) -> None:
    for scopes, missing in ((("bulk",), "leads:write"), (("leads:write",), "bulk")):
        answer = send(api_of(None, *scopes), [item(1)])
        assert (answer.status_code, answer.json()["scope"]) == (403, missing)


def test_an_item_cannot_point_at_rows_out_of_sight(api_of: MakeApi, office: Office) -> None:
    foreign = office.lead(office.sitora)
    api = api_of(office.north)
    answer = send(
        api,
        [
            item(1, owner=str(office.sitora.pk)),
            item(2, agent=str(foreign.party_id)),
            item(3, agent="01900000-0000-7000-8000-000000000000"),
            item(4, agent="no-id"),
            item(5, owner=str(office.anvar.pk)),
        ],
    )
    assert statuses(answer) == ["refused"] * 4 + ["created"]
    codes = [one["problem"]["errors"][0]["code"] for one in answer.json()["data"][:4]]
    assert codes == ["does_not_exist", "does_not_exist", "does_not_exist", "invalid"]


def test_a_hundred_items_cost_about_what_ten_cost(api: Api, office: Office) -> None:
    def cost(first: int, count: int) -> int:
        items = [item(first + n, segment=str(office.segment.pk), owner=str(office.olim.pk)) for n in range(count)]
        with CaptureQueriesContext(connection) as queries:
            assert set(statuses(send(api, items))) == {"created"}
        return len(queries)

    assert cost(100, 100) <= cost(0, 10) + 5


def test_a_batch_is_replayed_by_its_key(api: Api) -> None:
    key = {"Idempotency-Key": "night-1"}
    first, again = send(api, [item(1)], headers=key), send(api, [item(1)], headers=key)
    assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")
    assert send(api, [item(2)], headers=key).json()["code"] == "idempotency_mismatch"


BODIES = {
    "not an object": (b"[]", 400, "not_object"),
    "cut off": (b'{"items": [{"a": 1}', 400, "not_json"),
    "text after": (b'{"items": [{}]} x', 400, "not_json"),
    "items twice": (b'{"items": [], "items": []}', 400, "duplicate_key"),
    "key twice inside": (b'{"items": [{"a": 1, "a": 2}]}', 400, "duplicate_key"),
    "NaN": (b'{"items": [{"a": NaN}]}', 400, "not_json"),
    "1e400": (b'{"items": [{"a": 1e400}]}', 400, "number_range"),
    "deep": (b'{"items": [' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"]}", 400, "too_deep"),
    "NUL": (b'{"items": [{"name": "\\u0000"}]}', 400, "control_characters"),
    "lone surrogate": (b'{"items": [{"name": "\\ud800"}]}', 400, "control_characters"),
    "not UTF-8": (b'{"items": [{"name": "\xff"}]}', 400, "not_utf8"),
    "unknown member": (b'{"items": [{}], "mode": 1}', 400, "invalid"),
    "items no list": (b'{"items": {"a": 1}}', 400, "invalid"),
    "no items": (b"{}", 400, "invalid"),
    "empty": (b'{"items": []}', 400, "invalid"),
    "a huge item": (b'{"items": [{"a": "' + b"x" * 5_000_000 + b'"}]}', 413, "too_large"),
    "five megabytes of digits": (b'{"items": [' + b"9" * 5_000_000 + b"]}", 413, "too_large"),
    "one too many": (b'{"items": [' + b"1," * 50_000 + b"1]}", 413, "too_large"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_clean_batch_is_a_problem(api: Api, name: str) -> None:
    raw, status, code = BODIES[name]
    answer = api.send("POST", "bulk/leads/", raw)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_more_than_64_megabytes_are_not_read(api: Api) -> None:
    answer = api.client.generic(
        "POST", "/api/v1/bulk/leads/", b"{}", content_type="application/json",
        headers={"Authorization": f"Bearer {api.token}"}, CONTENT_LENGTH=str(65 * 1024 * 1024),
    )  # fmt: skip
    assert answer.status_code == 413


def as_job(api: Api, items: list[Any]) -> str:
    answer = send(api, items, headers={"Prefer": "respond-async"})
    assert (answer.status_code, answer["Preference-Applied"]) == (202, "respond-async"), answer.content
    address: str = answer["Location"]
    assert api.get(address).json() == answer.json()
    return address


def make_due() -> None:
    Job.objects.update(due_at=clock.now().replace(year=2000), lease_until=clock.now().replace(year=2000))


def work_off() -> None:
    """The test's transaction has one moment, at which the duty is not due yet."""
    make_due()
    while jobs.run_one():
        continue


def test_more_than_a_thousand_become_a_job(api: Api) -> None:
    items: list[Any] = [item(n) for n in range(1002)]
    items[1001] = item(1001, contacts=[])
    answer = send(api, items)
    assert (answer.status_code, answer.json()["state"], answer.json()["counts"]["total"]) == (202, "queued", 1002)
    assert not Lead.objects.exists()
    work_off()
    job = api.get(answer["Location"]).json()
    assert (job["state"], job["progress"], job["counts"]["created"], job["counts"]["refused"]) == ("done", 100, 1001, 1)
    problem = api.get(job["errors_url"]).json()["data"][0]
    assert (problem["number"], problem["status"]) == (1001, "refused")
    assert problem["problem"]["errors"][0]["pointer"] == "#/items/1001/contacts"
    assert Lead.objects.count() == 1001


def test_all_or_none_is_not_for_jobs(api: Api) -> None:
    answer = send(api, [item(1)], atomic=True, headers={"Prefer": "respond-async"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/atomic")


def test_what_did_not_go_in_is_read_by_pages(api: Api) -> None:
    address = as_job(api, [item(n, contacts=[]) for n in range(5)])
    work_off()
    page = api.get(f"{address}errors/", limit=2).json()
    assert [row["number"] for row in page["data"]] == [0, 1]
    assert [row["number"] for row in api.get(page["next"]).json()["data"]] == [2, 3]


def test_a_cancelled_job_stops_and_keeps_what_is_in(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    address = as_job(api, [item(n) for n in range(6)])
    renew = jobs.renew

    def stop_after_the_first(run: Any) -> None:
        assert api.post(f"{address}cancel/").json()["state"] == "cancelled"
        renew(run)

    monkeypatch.setattr(jobs, "renew", stop_after_the_first)
    work_off()
    assert (api.get(address).json()["state"], Lead.objects.count()) == ("cancelled", 2)
    assert api.post(f"{address}cancel/").json()["state"] == "cancelled"


class Killed(BaseException):
    """Nothing that a handler could catch: as if the process were gone."""


def test_a_killed_worker_s_job_is_finished_by_the_next_and_nothing_is_doubled(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    address = as_job(api, [item(n) for n in range(7)])
    make_due()
    run = jobs.lease_one()
    assert run is not None
    deaths = iter([None, None, Killed])

    def renew(_run: Any) -> None:
        if next(deaths, None):
            raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(jobs, "renew", renew)
        with pytest.raises(Killed):
            work_bulk_load(run[1])
    assert api.get(address).json()["counts"]["position"] == 6
    work_off()
    job = api.get(address).json()
    assert (job["state"], job["counts"]["created"], Lead.objects.count()) == ("done", 7, 7)


def test_a_job_is_its_owner_s_alone_and_its_file_goes_with_its_end(api_of: MakeApi, office: Office) -> None:
    mine, other = api_of(), api_of()
    address = as_job(mine, [item(1)])
    kept = Path(BulkLoad.objects.get().file.path)
    assert kept.exists()
    assert other.get(address).status_code == 404
    assert other.post(f"{address}cancel/").status_code == 404
    assert other.get(f"{address}errors/").status_code == 404
    assert other.get("jobs/").json()["data"] == []
    assert len(mine.get("jobs/").json()["data"]) == 1


def test_a_job_of_who_may_no_longer_write_fails_and_says_so(api: Api) -> None:
    address = as_job(api, [item(1)])
    token = ApiToken.objects.get()
    type(token.user).objects.filter(pk=token.user_id).update(is_active=False)
    work_off()
    assert BulkLoad.objects.get().state == "failed"
    assert not Lead.objects.exists()
    assert address


def test_what_ended_long_ago_is_forgotten(api: Api) -> None:
    as_job(api, [item(1, contacts=[])])
    work_off()
    assert BulkRow.objects.count() == 1
    assert bulk.sweep(before=clock.now().replace(year=2000)) == 0
    assert bulk.sweep(before=clock.now().replace(year=2999)) == 1
    assert not BulkRow.objects.exists()


@pytest.mark.parametrize("noun", ["agents", "clients"])
def test_agents_and_clients_are_kept_by_their_number_too(api: Api, noun: str) -> None:
    body: dict[str, Any] = {"name": "Авто Люкс", "contacts": [{"type": "phone", "value": "+998901234567"}]}
    address = f"{noun}/by-external/core/77/"
    made = api.put(address, body | {"source_version": 2})
    assert (made.status_code, made.json()["external_id"]) == (201, "77")
    rows = audit_rows()
    again = api.put(address, body | {"source_version": 2})
    assert (again.status_code, again.json()) == (200, made.json())
    assert audit_rows() == rows
    changed = api.put(address, body | {"city": "Ташкент", "contacts": [{"type": "email", "value": "a@b.uz"}]})
    assert (changed.json()["city"], len(changed.json()["contacts"])) == ("Ташкент", 2)
    assert api.put(address, body | {"source_version": 1}).json()["code"] == "stale"


def test_another_s_agent_is_not_changed_by_his_number(api_of: MakeApi, office: Office) -> None:
    body = {"name": "Авто Люкс"}
    assert (
        api_of(office.south).put("agents/by-external/core/77/", body | {"owner": str(office.sitora.pk)}).status_code
        == 201
    )
    refused = api_of(office.north).put("agents/by-external/core/77/", body | {"name": "Моё"})
    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate")
    assert "existing" not in refused.json()


def test_a_large_body_arrives_whole(api: Api) -> None:
    """Longer than any piece that is read at once, with letters of two bytes across the cuts."""
    items = [item(n, base="Ё" * 100, tags=["я" * 39]) for n in range(1100)]
    as_job(api, items)
    with BulkLoad.objects.get().file.open("rb") as file:
        kept = [json.loads(line) for line in file]
    assert kept == items


def test_answers_about_a_partner_come_with_his_batch(api: Api) -> None:
    need = {"mark": "yes", "note": "Ищет покупателей", "known_at": "2026-01-10"}
    agent = {"source": "core", "external_id": "77", "name": "Авто Люкс", "bant": {"need": need}}
    late = agent | {"external_id": "78", "bant": {"need": need | {"known_at": "2999-01-01"}}}
    answer = api.post("bulk/agents/", {"items": [agent, late]})
    assert statuses(answer) == ["created", "refused"]
    assert api.get(f"agents/{answer.json()['data'][0]['id']}/").json()["bant"]["need"]["mark"] == "yes"
    assert answer.json()["data"][1]["problem"]["errors"][0]["pointer"] == "#/items/1/bant/need/known_at"
    again = api.post("bulk/agents/", {"items": [agent | {"bant": {"need": None}}, agent | {"bant": {"need": None}}]})
    assert statuses(again) == ["updated", "unchanged"]
