"""What the document shows is true: an example of everything, and each fits what it is an example of."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from api.document import document
from api.examples import UNKNOWN
from api.tags import TAGS

LANGUAGES = ["ru", "uz", "en"]
Media = tuple[str, dict[str, Any]]


def medias(made: dict[str, Any]) -> Iterator[Media]:
    """Every JSON body of the document, with the place where it stands."""
    for path, item in made["paths"].items():
        for method, operation in item.items():
            bodies = {"request": operation.get("requestBody", {}), **operation["responses"]}
            for name, body in bodies.items():
                found = made["components"]["responses"][body["$ref"].rpartition("/")[2]] if "$ref" in body else body
                for kind, media in found.get("content", {}).items():
                    if kind.endswith("json"):
                        yield f"{method.upper()} {path} {name}", media


def examples(made: dict[str, Any], media: dict[str, Any]) -> list[Any]:
    named = [one["$ref"].rpartition("/")[2] for one in media.get("examples", {}).values()]
    values = [made["components"]["examples"][name]["value"] for name in named]
    return values + ([media["example"]] if "example" in media else [])


def misfits(made: dict[str, Any], media: dict[str, Any]) -> list[str]:
    schema = media["schema"] | {"components": made["components"]}
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    found = examples(made, media)
    return [error.message for value in found for error in validator.iter_errors(value)] if found else ["no example"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_body_has_an_example_that_fits_its_schema(language: str) -> None:
    made = document(language)
    wrong = {place: errors for place, media in medias(made) if (errors := misfits(made, media))}
    assert not wrong
    assert len(list(medias(made))) > 300


def test_an_example_that_does_not_fit_is_noticed() -> None:
    made = document("ru")
    media = {"schema": {"$ref": "#/components/schemas/Lead"}, "example": {"id": "no id", "version": "3"}}
    assert len(misfits(made, media)) == 2
    assert misfits(made, {"schema": media["schema"]}) == ["no example"]


def test_no_example_is_at_a_loss_for_words() -> None:
    """``…`` stands where neither the schema nor ``api/example_words.py`` knows what such a field holds."""
    values = document("ru")["components"]["examples"].items()
    assert not [name for name, one in values if f'"{UNKNOWN}"' in json.dumps(one["value"], ensure_ascii=False)]


def test_examples_fit_together() -> None:
    shown = document("ru")["components"]["examples"]
    lead, agent = shown["Lead"]["value"], shown["Agent"]["value"]
    assert lead["party"] == agent["id"]
    assert (lead["name"], lead["contacts"]) == (agent["name"], agent["contacts"])
    assert shown["MoveMade"]["value"]["lead"] == lead


@pytest.mark.parametrize("language", LANGUAGES)
def test_nouns_stand_in_their_order_and_each_is_described(language: str) -> None:
    made = document(language)
    used = {tag for item in made["paths"].values() for operation in item.values() for tag in operation["tags"]}
    assert used <= set(TAGS), "describe the new noun in api/tags.py"
    assert [tag["name"] for tag in made["tags"]] == [tag for tag in TAGS if tag in used]
    assert all(tag["description"] for tag in made["tags"])


def test_no_trace_of_how_examples_are_made_is_left() -> None:
    assert "x-example" not in json.dumps(document("ru"))
