"""Agents and clients by the thousand: the rules of a single upsert, the answers of a batch."""

import random
from typing import Any

import pghistory.models
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Contact, Party
from common import clock
from jobs import services as jobs
from jobs.models import Job
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("noun", ["agents", "clients"])]


def item(number: int, **more: Any) -> dict[str, Any]:
    contact = {"type": "phone", "value": f"+99891{number:07d}"}
    return {"source": "core", "external_id": f"p-{number}", "name": f"Имя {number}", "contacts": [contact], **more}


def send(api: Api, noun: str, items: list[Any], headers: dict[str, str] | None = None, **members: Any) -> Any:
    return api.post(f"bulk/{noun}/", {"items": items, **members}, headers=headers)


def statuses(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["status"] for one in answer.json()["data"]]


def test_each_item_is_answered_in_its_place(api: Api, noun: str) -> None:
    assert api.put(f"{noun}/by-external/core/p-1/", {"name": "Имя 1"}).status_code == 201
    known_phone = item(5, contacts=[{"type": "phone", "value": "+998910000004"}])
    bad_phone = item(6, contacts=[{"type": "phone", "value": "12"}])
    answer = send(api, noun, [item(4), item(1, city="Ташкент"), item(2, name=5), item(1), known_phone, bad_phone, 7])
    assert statuses(answer) == ["created", "updated", "refused", "unchanged", "refused", "refused", "refused"]
    told = answer.json()["data"]
    assert told[0]["id"] == str(Party.objects.get(external_id="p-4").pk)
    assert [one["problem"]["code"] for one in told if one["problem"]] == ["invalid", "duplicate", "invalid", "invalid"]
    assert told[5]["problem"]["errors"][0]["pointer"] == "#/items/5/contacts"
    assert answer.json()["counts"] == {"created": 1, "updated": 1, "unchanged": 1, "stale": 0, "refused": 4}
    assert Party.objects.get(external_id="p-1").contacts.get().value == "+998910000001"


def test_the_same_batch_again_and_shuffled_leaves_one_state_and_no_further_audit(
    api: Api, office: Office, noun: str
) -> None:
    items = [item(n, owner=str(office.olim.pk), city="Бухара", source_version=n) for n in range(20)]
    assert set(statuses(send(api, noun, items))) == {"created"}
    before, rows = list(Party.objects.order_by("pk").values()), pghistory.models.Events.objects.count()
    for seed in range(2):
        random.Random(seed).shuffle(items)
        assert set(statuses(send(api, noun, items))) == {"unchanged"}
    assert list(Party.objects.order_by("pk").values()) == before
    assert (Contact.objects.count(), pghistory.models.Events.objects.count()) == (20, rows)


def test_an_older_message_is_stale_also_within_one_batch(api: Api, noun: str) -> None:
    answer = send(
        api,
        noun,
        [item(1, source_version=2), item(1, city="Нукус", source_version=1), item(1, city="Хива", source_version=3)],
    )
    assert statuses(answer) == ["created", "stale", "updated"]
    assert Party.objects.get().city == "Хива"
    old = api.put(f"{noun}/by-external/core/p-1/", {"name": "Имя 1", "source_version": 2})
    assert (old.status_code, old.json()["code"]) == (409, "stale")


def test_all_or_none_takes_nothing_where_one_does_not_go_in(api: Api, noun: str) -> None:
    answer = send(api, noun, [item(1), item(2, tax_id="123")], atomic=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "batch_refused")
    assert answer.json()["errors"][0]["pointer"] == "#/items/1/tax_id"
    assert not Party.objects.exists()


def test_a_dry_run_and_a_repeated_key_do_what_they_do_elsewhere(api: Api, noun: str) -> None:
    tried = api.post(f"bulk/{noun}/?validate_only=true", {"items": [item(1)]})
    assert (statuses(tried), tried["Dry-Run"], Party.objects.count()) == (["created"], "true", 0)
    key = {"Idempotency-Key": "night-1"}
    first, again = send(api, noun, [item(1)], headers=key), send(api, noun, [item(1)], headers=key)
    assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")


def test_a_large_batch_is_worked_off_as_a_job(api: Api, noun: str) -> None:
    answer = send(api, noun, [item(1), item(2, name="")], headers={"Prefer": "respond-async"})
    assert (answer.status_code, answer.json()["noun"]) == (202, noun)
    Job.objects.update(due_at=clock.now().replace(year=2000))
    while jobs.run_one():
        continue
    job = api.get(answer["Location"]).json()
    assert (job["state"], job["counts"]["created"], job["counts"]["refused"]) == ("done", 1, 1)


def test_somebody_else_s_is_not_changed_nor_shown(api_of: MakeApi, office: Office, noun: str) -> None:
    assert statuses(send(api_of(office.south), noun, [item(1, owner=str(office.sitora.pk))])) == ["created"]
    answer = send(api_of(office.north), noun, [item(1, name="Моё"), item(2, owner=str(office.sitora.pk))])
    assert statuses(answer) == ["refused", "refused"]
    assert "Имя 1" not in answer.content.decode()
    assert Party.objects.get().name == "Имя 1"


def test_the_right_to_the_noun_is_needed_besides(api_of: MakeApi, noun: str) -> None:
    for scopes, missing in ((("bulk",), f"{noun}:write"), ((f"{noun}:write",), "bulk")):
        answer = send(api_of(None, *scopes), noun, [item(1)])
        assert (answer.status_code, answer.json()["scope"]) == (403, missing)


def test_a_hundred_items_cost_about_what_ten_cost(api: Api, office: Office, noun: str) -> None:
    def cost(first: int, count: int) -> int:
        items = [item(first + n, segment=str(office.segment.pk), owner=str(office.olim.pk)) for n in range(count)]
        with CaptureQueriesContext(connection) as queries:
            assert set(statuses(send(api, noun, items))) == {"created"}
            assert set(statuses(send(api, noun, items))) == {"unchanged"}
        return len(queries)

    assert cost(100, 100) <= cost(0, 10) + 4
