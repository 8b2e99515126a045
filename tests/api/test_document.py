"""The contract as a document: valid, complete, and shown under the content policy."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import pytest
from django.test import Client
from openapi_spec_validator import OpenAPIV31SpecValidator

from accounts.tokens import SCOPES
from api import document as contract
from api.document import document
from api.tags import TAGS

# The nouns of the contract, but those of the bank cycle.
WANTED = {
    "initiatives", "products", "segments", "utps", "hypotheses", "agents", "clients", "leads", "stages", "meetings",
    "interviews", "agreements", "contracts", "value-promises", "value-measurements", "blockers", "sprints", "goals",
    "actions", "findings", "calls", "messages", "funnel", "forecast", "imports", "webhook-endpoints", "events", "jobs",
    "me", "users", "teams", "bulk",
}  # fmt: skip
DEEDS = ("moves", "merge", "unmerge", "assign", "close", "reopen")
_SCOPE = re.compile(r"`([a-z]+(?::[a-z]+)?)`")


@pytest.mark.parametrize("language", ["ru", "uz", "en"])
def test_the_document_is_valid_openapi_3_1(language: str) -> None:
    made = document(language)
    assert made["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(made).validate()


def test_it_is_made_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    from drf_spectacular.drainage import GENERATOR_STATS

    contract._made.cache_clear()
    GENERATOR_STATS.reset()
    document("ru")
    assert "Warning" not in capsys.readouterr().err


def test_every_noun_of_the_contract_is_in_it_and_no_other_stands_unexplained() -> None:
    paths = document("ru")["paths"]
    nouns = {path.split("/")[3] for path in paths}
    assert WANTED - nouns == set()
    assert nouns - set(TAGS) == set(), "say what the noun is in api/tags.py"
    for address in (
        *(f"leads/{{id}}/{deed}/" for deed in DEEDS), "leads/by-external/{source}/{external_id}/", "bulk/leads/",
        "goals/{id}/values/", "findings/{id}/borrow/", "imports/{id}/revert/",
    ):  # fmt: skip
        assert f"/api/v1/{address}" in paths


def test_every_operation_asks_for_a_caller_and_tells_its_problems() -> None:
    for path, item in document("ru")["paths"].items():
        for method, operation in item.items():
            assert operation["summary"], (method, path)
            assert {"token": []} in operation["security"], (method, path)
            assert {} not in operation["security"], (method, path)
            assert {"400", "401", "403"} <= set(operation["responses"]), (method, path)
            scopes = _SCOPE.findall(operation.get("description", "").partition("\n")[0])
            assert set(scopes) <= set(SCOPES), (method, path)
            assert scopes or path.split("/")[3] in {"me", "jobs"}, (method, path)


def test_requests_are_closed_and_changes_are_guarded() -> None:
    made = document("ru")
    for name, schema in made["components"]["schemas"].items():
        assert not name.endswith("Request") or schema["additionalProperties"] is False, name
    for item in made["paths"].values():
        if "patch" in item:
            headers = {p["name"]: p["required"] for p in item["patch"]["parameters"] if p["in"] == "header"}
            assert headers == {"If-Match": True}


def test_it_is_served_without_a_key_and_shows_no_data(db: None) -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["info"]["version"]


def test_its_page_carries_no_script_of_its_own_and_asks_nobody_else(db: None) -> None:
    answer = Client().get("/api/docs/")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert html.count("<script") == html.count("<script defer src=")
    assert "http://" not in html
    assert "https://" not in html
    assert "style=" not in html


def test_the_first_readers_of_a_process_do_not_make_the_document_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The generator is not made for two threads: one breaks the other."""
    at_work, most, made = [0], [0], [0]

    class Generator:
        def get_schema(self, **_given: object) -> dict[str, object]:
            at_work[0] += 1
            most[0], made[0] = max(most[0], at_work[0]), made[0] + 1
            time.sleep(0.02)
            at_work[0] -= 1
            return {}

    monkeypatch.setattr(contract, "SchemaGenerator", Generator)
    monkeypatch.setattr(contract, "_made", lru_cache(contract._made.__wrapped__))
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(contract.document, ["ru"] * 4)) == [{}] * 4
    assert (most[0], made[0]) == (1, 1)
