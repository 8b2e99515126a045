"""A wrong value of a filter is refused everywhere: the parameter is named, and it is said what may stand there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from api import filter_words
from api.document import document
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
MISSING = "01900000-0000-7000-8000-000000000000"
TECHNICAL = frozenset({"id", "none", "true", "false", "total", "next", "cursor", "T", "Z"})
"""Words of the contract itself: they are the same in every language."""


def lists() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Addresses without an id, each with the parameters of its query."""
    for path, item in document("ru")["paths"].items():
        asked = [one for one in item.get("get", {}).get("parameters", ()) if one["in"] == "query"]
        if asked and "{" not in path:
            yield path.removeprefix("/api/v1/"), asked


def wrong(schema: dict[str, Any]) -> list[str]:
    """Values that a parameter of this schema cannot have; none for free text without a limit."""
    one = schema.get("items", schema)
    if one.get("enum") or one.get("type") in {"boolean", "integer", "number"}:
        return ["nope"]
    if one.get("format") == "uuid":
        return ["nope", MISSING]
    if one.get("format") in {"date", "date-time"}:
        return ["nope", "2026-13-45"]
    return ["x" * (one["maxLength"] + 1)] if "maxLength" in one else []


def own_words(schema: dict[str, Any]) -> frozenset[str]:
    """What a sentence about this parameter may name in Latin letters: the values that it does take."""
    one = schema.get("items", schema)
    return TECHNICAL | {part for value in one.get("enum", ()) for part in re.findall(r"[A-Za-z]+", str(value))}


def refused(answer: Any, name: str) -> str:
    """The sentence beside this parameter."""
    assert answer.status_code == 400, (name, answer.status_code, answer.content[:300])
    found = [one for one in answer.json()["errors"] if one["pointer"] == f"?{name}"]
    assert found, (name, answer.content)
    return str(found[0]["detail"])


def test_every_filter_of_every_list_says_in_russian_what_is_wrong_with_its_value(api: Api, office: Office) -> None:
    walked, strange = 0, []
    for path, parameters in lists():
        for one in parameters:
            name, schema = one["name"], one["schema"]
            for value in wrong(schema):
                answer = api.get(path, **{name: value})
                if value == MISSING and answer.status_code == 200 and answer.json()["data"] == []:
                    continue  # of what is not there nothing is found, as of what is hidden
                text = refused(answer, name)
                walked += 1
                foreign = set(re.findall(r"[A-Za-z]+", text)) - own_words(schema)
                if foreign and name not in {"sort", "fields", "expand"}:
                    strange.append((path, name, value, text))
    assert strange == []
    assert walked > 150


@pytest.mark.parametrize(
    ("path", "query", "said"),
    [
        ("leads/", {"stage": "nope"}, "Такого кода нет. Можно: contact"),
        ("leads/", {"stage": ["contact", "nope"]}, "Такого кода нет. Можно: contact"),
        ("leads/", {"funnel": "nope"}, "Такого кода нет. Можно: agent, client"),
        ("stages/", {"funnel": "nope"}, "Такого кода нет. Можно: agent, client"),
        ("leads/", {"owner": "nope"}, "Нужен id записи или none."),
        ("leads/", {"owner": MISSING}, "Такой записи нет, или она вам не видна."),
        ("leads/", {"party": "nope"}, "Нужен id записи."),
        ("leads/", {"kind": "nope"}, "Можно: agent, client."),
        ("leads/", {"q": "x" * 201}, "Не длиннее 200 знаков."),
        ("leads/", {"then_owner": "nope"}, "Такого значения нет."),
        ("contracts/", {"signed_on__gte": "never"}, "Нужна дата, например 2026-01-31."),
        ("contracts/", {"has_file": "maybe"}, "Нужно true или false."),
        ("stages/", {"active": "1"}, "Нужно true или false."),
        ("events/", {"limit": "0"}, "Нужно число от 1 до 200."),
        ("sprints/", {"iso_week": "nope"}, "Нужна неделя, например 2026-W48."),
    ],
)
def test_a_refusal_names_what_may_stand_there(
    api: Api, office: Office, path: str, query: dict[str, Any], said: str
) -> None:
    assert refused(api.get(path, **query), next(iter(query))).startswith(said)


def test_both_ends_of_a_period_are_read_and_the_wrong_one_is_named(api: Api, office: Office) -> None:
    answer = api.get("leads/", created_at__gte="2026-01-01T00:00:00Z", created_at__lte="yesterday")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["?created_at__lte"]


def test_a_wrong_value_is_refused_in_the_language_of_the_caller(api: Api, office: Office) -> None:
    said = {
        refused(api.get("leads/", kind="nope", headers={"Accept-Language": language}), "kind")
        for language in ("ru", "uz", "en")
    }
    assert len(said) == 3


def test_left_to_the_form_the_words_would_be_those_of_a_page(
    api: Api, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_the_form(_one: Any, problem: Any, _given: str) -> tuple[str, str]:
        return "invalid", " ".join(problem.messages)

    monkeypatch.setattr(filter_words, "refusal", of_the_form)
    assert "nope" in refused(api.get("leads/", stage="nope"), "stage")
