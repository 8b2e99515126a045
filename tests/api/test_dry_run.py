"""``?validate_only=true`` walks the whole way of a write and leaves nothing behind: no row, no duty, no file."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from accounts import tokens
from api.document import document
from common import clock
from jobs import services as jobs
from jobs.models import KeptAnswer
from leads.models import Lead
from tests.api.contract import Api
from tests.api.operations import Operation, ids_of, operations
from tests.office import Office
from tests.web.matrix import quiet
from tests.web.watching import digest
from tests.web.world import NOWHERE, World

pytestmark = pytest.mark.django_db
LEAD = {"kind": "agent", "name": "Иван", "contacts": [{"type": "phone", "value": "+998901112233"}]}
STAR = {"If-Match": "*"}
TRY = {"validate_only": "true"}
WRITES = [one for one in operations() if one.writes]


def files() -> set[str]:
    root = Path(default_storage.path(""))
    return {str(path) for path in root.rglob("*") if path.is_file()}


def bodies(one: Operation) -> Iterator[Any]:
    """The examples of the document, and a body that no operation takes."""
    shown = document("ru")["components"].get("examples", {})
    content = document("ru")["paths"][one.path][one.method.lower()].get("requestBody", {}).get("content", {})
    for media in content.values():
        for example in media.get("examples", {}).values():
            yield (shown[example["$ref"].rpartition("/")[2]] if "$ref" in example else example)["value"]
        if "example" in media:
            yield media["example"]
    yield {}


def asked(api: Api, one: Operation, pk: object, body: Any) -> Any:
    """The answer; what was done is taken back."""
    with transaction.atomic():
        answer = api.send(one.method, one.address(pk), body, headers=STAR)
        transaction.set_rollback(True)
    return answer


def test_every_write_may_be_tried_and_leaves_nothing(office: Office, settings: Any) -> None:
    settings.API_RATE_LIMIT = 1_000_000_000
    world = World(office).fill(["olim"])
    api = Api(tokens.issue(account="tries", scopes=tokens.SCOPES, days=1, at=clock.now()).plain)
    ids, before, kept, wrong, through = ids_of(world, "olim"), digest(), files(), [], set()
    with quiet():
        for one in WRITES:
            pk = ids.get(one.kind, NOWHERE)
            tried = [api.send(one.method, one.address(pk), body, headers=STAR, query=TRY) for body in bodies(one)]
            if digest() != before or files() != kept:
                wrong.append(f"{one.name} left something behind")
            done = [asked(api, one, pk, body) for body in bodies(one)]
            if [answer.status_code for answer in tried] != [answer.status_code for answer in done]:
                wrong.append(f"{one.name}: {tried} tried, {done} done")
            if any(answer.get("Dry-Run") != "true" or "Location" in answer or "ETag" in answer for answer in tried):
                wrong.append(f"{one.name} does not say that it was a trial")
            through |= {one.name for answer in done if answer.status_code < 300}
            for gone in files() - kept:
                Path(gone).unlink()
    assert not wrong, "\n".join(wrong)
    assert len(WRITES) > 40
    assert len(through) > len(WRITES) // 3, f"too few were really done: {sorted(through)}"


def test_without_the_parameter_something_is_left(api: Api) -> None:
    """The negative control: the digest sees a write."""
    before = digest()
    assert api.post("leads/", LEAD).status_code == 201
    assert digest() != before


def test_a_trial_answers_what_would_be(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "wake", lambda: pytest.fail("a trial woke a worker"))
    tried = api.send("POST", "leads/", LEAD, query=TRY)
    assert (tried.status_code, tried["Dry-Run"], tried.json()["name"]) == (201, "true", "Иван")
    assert "Dry-Run" not in api.post("leads/", LEAD)
    refused = api.send("POST", "leads/", LEAD, query=TRY)
    assert (refused.status_code, refused.json()["code"], refused["Dry-Run"]) == (409, "duplicate", "true")


def test_a_trial_keeps_no_answer_for_its_key(api: Api) -> None:
    key = {"Idempotency-Key": "trial-1"}
    assert api.send("POST", "leads/", LEAD, headers=key, query=TRY).status_code == 201
    assert not KeptAnswer.objects.exists()
    done = api.post("leads/", LEAD, headers=key)
    assert (done.status_code, "Idempotency-Replayed" in done) == (201, False)


def test_a_file_of_a_trial_is_gone_and_that_of_the_deed_is_there(api: Api, office: Office) -> None:
    lead, before = office.lead(), files()
    paper = {"name": "7.pdf", "content": base64.b64encode(b"%PDF-1.4 7").decode()}
    met = {"planned_at": "2026-01-30T05:00:00Z", "held_at": "2026-01-30T05:00:00Z"}
    move = {"to": "meeting", "facts": {"meeting": met, "contract": {"number": "7", "file": paper}}}
    tried = api.send("POST", f"leads/{lead.pk}/moves/", move, query=TRY)
    assert tried.status_code == 201, tried.content
    assert files() == before
    assert api.post(f"leads/{lead.pk}/moves/", move).status_code == 201
    assert len(files()) == len(before) + 1


def test_a_large_batch_is_tried_without_a_job(api: Api) -> None:
    before = files()
    items = [{**LEAD, "source": "core", "external_id": "1"}]
    tried = api.send("POST", "bulk/leads/", {"items": items}, headers={"Prefer": "respond-async"}, query=TRY)
    assert (tried.status_code, "Location" in tried) == (202, False)
    assert api.get("jobs/").json()["data"] == []
    assert files() == before
    assert api.send("POST", "bulk/leads/", {"items": items}, query=TRY).json()["counts"]["created"] == 1
    assert not Lead.objects.exists()


@pytest.mark.parametrize("value", ["1", "yes", "", "TRUE"])
def test_a_trial_is_asked_for_in_one_way(api: Api, value: str) -> None:
    answer = api.send("POST", "leads/", LEAD, query={"validate_only": value})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "?validate_only")
    assert not Lead.objects.exists()


def test_a_reading_cannot_be_tried(api: Api) -> None:
    assert api.get("leads/", validate_only="true").status_code == 400


def test_false_is_no_trial(api: Api) -> None:
    assert "Dry-Run" not in api.send("POST", "leads/", LEAD, query={"validate_only": "false"})
    assert Lead.objects.count() == 1
