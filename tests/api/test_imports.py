"""Files over REST: taken, tried, loaded, mended, taken back; by the wizard's own rules."""

import base64
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from imports import reverting, work
from imports.models import Import
from leads.models import Lead
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
MISSING = "01900000-0000-7000-8000-000000000000"
GOOD = "код;имя;телефон\nA-1;Иван;+998901112233\nA-2;Пётр;+998901112244\n"
MAPPING = {"source": "сайт", "fields": {"name": {"column": "имя"}, "phone": {"column": "телефон"}}}


def file(text: str = GOOD, name: str = "leads.csv") -> dict[str, str]:
    return {"name": name, "content": base64.b64encode(text.encode()).decode()}


def worked(api: Api, where: str) -> dict[str, Any]:
    """The import once the worker has been at it."""
    run = Import.objects.get(pk=where.rstrip("/").rpartition("/")[2])
    while run.is_running:
        list(work.process(run))
        run.refresh_from_db()
    told: dict[str, Any] = api.get(where).json()
    return told


def test_a_file_is_tried_and_then_loaded(api: Api, office: Office) -> None:
    made = api.post(
        "imports/", {"file": file(), "target": "agent", "mapping": MAPPING, "key": "код", "mode": "dry_run"}
    )
    assert made.status_code == 201, made.content
    run = made.json()
    assert (run["state"], run["mode"], run["target"], run["key"]) == ("checking", "dry_run", "agent", "код")
    assert (run["file"], run["columns"]) == ("leads.csv", ["код", "имя", "телефон"])
    tried = worked(api, made["Location"])
    assert (tried["state"], tried["counts"]["created"], Lead.objects.count()) == ("checked", 2, 0)
    etag = api.get(made["Location"])["ETag"]
    assert api.patch(made["Location"], {"mode": "apply"}).status_code == 428
    started = api.patch(made["Location"], {"mode": "apply"}, etag=etag)
    assert (started.status_code, started.json()["mode"]) == (200, "apply")
    done = worked(api, made["Location"])
    assert (done["state"], done["progress"], done["counts"]["created"]) == ("done", 100, 2)
    assert sorted(Lead.objects.values_list("source", "external_id")) == [("сайт", "A-1"), ("сайт", "A-2")]
    again = api.patch(made["Location"], {"mode": "dry_run"}, etag="*")
    assert (again.status_code, again.json()["code"]) == (409, "import_busy")


def test_a_load_is_taken_back_whole(api: Api, office: Office) -> None:
    made = api.post("imports/", {"file": file(), "mapping": MAPPING, "key": "код", "mode": "apply"})
    early = api.post(f"{made['Location']}revert/", {})
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "#/state")
    worked(api, made["Location"])
    back = api.post(f"{made['Location']}revert/", {})
    assert (back.status_code, back.json()["state"]) == (200, "reverting")
    run = Import.objects.get()
    list(reverting.chunks(run))
    reverting.finish(run)
    assert (api.get(made["Location"]).json()["state"], Lead.objects.count()) == ("reverted", 0)


def test_rows_that_did_not_go_in_say_what_to_mend(api_of: MakeApi, office: Office) -> None:
    api = api_of()
    text = GOOD + "A-3;Без телефона;12\n"
    made = api.post("imports/", {"file": file(text), "mapping": MAPPING, "key": "код", "mode": "apply"})
    assert (worked(api, made["Location"])["state"], Lead.objects.count()) == ("checked", 0)
    again = api.patch(made["Location"], {"mode": "apply"}, etag="*")
    assert (again.status_code, again.json()["code"]) == (409, "rows_refused")
    api.patch(made["Location"], {"mode": "apply", "accept_good": True}, etag="*")
    told = worked(api, made["Location"])
    assert (told["state"], Lead.objects.count()) == ("done", 2)
    assert (told["counts"]["created"], told["counts"]["refused"]) == (2, 1)
    rows = api.get(told["errors_url"]).json()["data"]
    assert [(row["number"], row["status"]) for row in rows] == [(4, "refused")]
    assert (rows[0]["errors"][0]["column"], rows[0]["errors"][0]["value"]) == ("телефон", "1…")
    blind = api_of(None, "imports:read").get(told["errors_url"])
    assert (blind.status_code, blind.json()["scope"]) == (403, "pii:read")


def test_without_a_mapping_the_columns_are_guessed_and_the_file_waits(api: Api, office: Office) -> None:
    made = api.post("imports/", {"file": file(), "target": "client"})
    assert (made.json()["state"], made.json()["mode"], made.json()["kind"]) == ("uploaded", "", "client")
    assert made.json()["mapping"]["fields"]["phone"]["column"] == "телефон"
    fixed = {"fixed": {"initiative": str(office.initiative.pk)}}
    settled = api.patch(made["Location"], {"mapping": MAPPING | fixed}, etag=made["ETag"])
    assert settled.status_code == 200, settled.content
    assert settled.json()["mapping"]["fixed"] == {"initiative": str(office.initiative.pk)}
    assert api.patch(made["Location"], {"mapping": MAPPING}, etag=made["ETag"]).status_code == 412
    assert api.post(f"{made['Location']}stop/", {}).json()["state"] == "uploaded"


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"file": {"name": "x.csv", "content": "%%%"}}, 400, "#/file/content"),
        ({"file": "x"}, 400, "#/file"),
        ({"file": file("", "x.csv")}, 422, "#/file"),
        ({"file": file("PK", "x.xlsx")}, 422, "#/file"),
        ({"mapping": {"fields": {"phone": {"column": "факс"}}}}, 422, "#/mapping/fields/phone"),
        ({"mapping": {"fields": {"colour": {"column": "имя"}}}, "key": "код"}, 422, "#/mapping/fields/colour"),
        ({"mapping": {"fields": {"name": {"column": "имя"}}}}, 422, "#/key"),
        ({"mapping": {"fields": {"name": {"col": "имя"}}}}, 400, "#/mapping/fields/name/col"),
        ({"mapping": {"fields": []}}, 400, "#/mapping/fields"),
        ({"mapping": MAPPING | {"fixed": {"owner": MISSING}}}, 400, "#/mapping/fixed/owner"),
        ({"mode": "now"}, 400, "#/mode"),
        ({"target": "firm"}, 400, "#/target"),
    ],
)
def test_what_makes_no_import_is_pointed_at(api: Api, body: dict[str, Any], status: int, pointer: str) -> None:
    answer = api.post("imports/", {"file": file()} | body)
    assert answer.status_code == status, answer.content
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert not Import.objects.exists()


def test_a_file_may_be_larger_than_other_bodies_and_not_than_on_the_page(
    api: Api, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = file(GOOD + "".join(f"B-{n};Имя {n};{'x' * 90}\n" for n in range(25_000)))
    assert len(big["content"]) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert api.post("imports/", {"file": big}).status_code == 201
    assert api.post("leads/", {"kind": "agent", "name": big["content"]}).status_code == 413
    monkeypatch.setattr(settings, "IMPORT_MAX_BYTES", 1_000_000)
    assert api.post("imports/", {"file": big}).status_code == 413
    monkeypatch.setattr(settings, "IMPORT_MAX_BYTES", len(base64.b64decode(big["content"])) - 1)
    close = api.post("imports/", {"file": big})
    assert (close.status_code, close.json()["errors"][0]["code"]) == (422, "too_big")


def test_imports_of_others_do_not_exist_and_ask_for_their_right(api_of: MakeApi, office: Office) -> None:
    made = api_of(office.south).post("imports/", {"file": file()})
    north = api_of(office.north)
    pk = made.json()["id"]
    assert north.get("imports/").json()["data"] == []
    for where in (f"imports/{pk}/", f"imports/{pk}/errors/", f"imports/{MISSING}/", f"imports/{MISSING}/errors/"):
        assert north.get(where).status_code == 404
    assert {north.post(f"imports/{pk}/{deed}/", {}).status_code for deed in ("stop", "revert")} == {404}
    reader = api_of(None, "imports:read")
    assert reader.post("imports/", {"file": file()}).json()["scope"] == "imports:write"


def test_imports_cost_the_same_for_one_and_for_many(api_of: MakeApi, office: Office) -> None:
    api = api_of(office.north)
    counts = []
    for _round in range(2):
        api.post("imports/", {"file": file()})
        with CaptureQueriesContext(connection) as caught:
            rows = api.get("imports/", expand="owner").json()["data"]
        counts.append((len(rows), len(caught)))
    assert [rows for rows, _queries in counts] == [1, 2]
    assert counts[0][1] == counts[1][1] <= 6
