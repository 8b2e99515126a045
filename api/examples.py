"""Examples of the document, made from its own schemas.

What a schema cannot know stands in ``api/example_words.py`` by the field's name. A shape that wants better words has a
class attribute ``example``: in a request it is the whole body, in an answer it is laid over what was made.
"""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from api.catalogue import Known, known_of
from api.example_words import ABSENT, NOUNS, WORDS
from api.problems import TITLES

HOST = "https://crm.bank.example"
JSON, PROBLEM_JSON = "application/json", "application/problem+json"
REF = "#/components/schemas/"
UNKNOWN = "…"
FORMATS = FormatChecker(["uuid", "date"])
_FORMATS = {
    "date-time": "2026-03-02T05:10:00Z",
    "date": "2026-03-02",
    "uri": f"{HOST}/",
    "email": "aziz@bank.example",
}


@FORMATS.checks("date-time")
def _is_moment(value: Any) -> bool:
    """By ourselves: the library knows this format only where a further package is installed."""
    if not isinstance(value, str):
        return True
    try:
        moment = parse_datetime(value)
    except ValueError:
        return False
    return moment is not None and moment.tzinfo is not None


def id_of(name: str) -> str:
    """One id for one noun throughout the document, so that examples fit together."""
    return f"01980a5c-7b00-7000-8000-{crc32(NOUNS.get(name, name).encode()):012x}"


class Maker:
    """Makes an example of any schema of one document."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self.schemas = schemas

    def of_component(self, name: str) -> Any:
        schema = self.schemas[name]
        declared = dict(schema.get("x-example", {}))
        if schema.get("type") != "object" or "properties" not in schema:
            return self.of_schema(schema, name)
        if name.endswith("Request"):
            return self._request(name, schema, declared)
        asked = ABSENT - set(schema.get("required", ()))
        return {
            field: declared.get(field, self.of_field(inner, field, name))
            for field, inner in schema["properties"].items()
            if field not in asked and not inner.get("writeOnly")
        }

    def _request(self, name: str, schema: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, Any]:
        """What is declared as it stands; else what is required and what there are words for."""
        fields, required = schema["properties"], set(schema.get("required", ()))
        if declared:
            return {field: declared[field] for field in declared if field in fields}
        chosen = [field for field in fields if field in required or self._has_words(field, name)]
        return {field: self.of_field(fields[field], field, name) for field in chosen or list(fields)[:1]}

    @staticmethod
    def _has_words(field: str, owner: str) -> bool:
        return f"{owner}.{field}" in WORDS or WORDS.get(field) is not None

    def of_field(self, schema: Mapping[str, Any], field: str, owner: str) -> Any:
        for name in (f"{owner.removesuffix('Request').removeprefix('Patched')}.{field}", field):
            if name in WORDS and self._fits(WORDS[name], schema):
                return WORDS[name]
        return self.of_schema(schema, owner.lower() if field == "id" else field)

    def _fits(self, value: Any, schema: Mapping[str, Any]) -> bool:
        """Whether a word is one that the schema lets through: ``amount`` is money here and a share there."""
        known = {**schema, "components": {"schemas": self.schemas}}
        return Draft202012Validator(known, format_checker=FORMATS).is_valid(value)

    def of_schema(self, schema: Mapping[str, Any], name: str) -> Any:
        if "$ref" in schema:
            return self.of_component(schema["$ref"].removeprefix(REF))
        for several in ("allOf", "oneOf", "anyOf"):
            if several in schema:
                return self.of_schema(schema[several][0], name)
        if "examples" in schema:
            return schema["examples"][0]
        if "enum" in schema:
            return next(value for value in schema["enum"] if value not in {"", None})
        kinds = [schema["type"]] if isinstance(schema.get("type"), str) else list(schema.get("type", ["object"]))
        return self._of_kind(schema, name, kinds)

    def _of_kind(self, schema: Mapping[str, Any], name: str, kinds: list[str]) -> Any:
        if "null" in kinds and name not in NOUNS and schema.get("format") != "date-time" and "properties" not in schema:
            return None
        kind = next(kind for kind in kinds if kind != "null")
        if kind == "object":
            return {field: self.of_field(one, field, name) for field, one in schema.get("properties", {}).items()}
        if kind == "array":
            return [self.of_schema(schema["items"], name)]
        if kind == "string":
            return self._text(schema, name)
        plain: dict[str, Any] = {"integer": max(schema.get("minimum", 1), 1), "number": 0.5, "boolean": True}
        return plain[kind]

    @staticmethod
    def _text(schema: Mapping[str, Any], name: str) -> str:
        if schema.get("format") == "uuid":
            return id_of(name)
        if "pattern" in schema:
            return "12.5"
        return _FORMATS.get(schema.get("format", ""), UNKNOWN)


def illustrate(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """An example for every request and every answer, and for every problem that an operation may answer."""
    components = result["components"]
    maker, examples = Maker(components["schemas"]), components.setdefault("examples", {})
    for path, item in result["paths"].items():
        for operation in item.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for media in (body["content"][JSON] for body in bodies if JSON in body.get("content", {})):
                _show(media, path, maker, examples)
            _show_problems(operation, components)
    for schema in components["schemas"].values():
        schema.pop("x-example", None)
    return result


def _show(media: dict[str, Any], path: str, maker: Maker, examples: dict[str, Any]) -> None:
    if "example" in media or "examples" in media:
        return
    name = media["schema"].get("$ref", "").removeprefix(REF)
    if not name:
        media["example"] = maker.of_schema(media["schema"], path.strip("/").rpartition("/")[2])
        return
    if name not in examples:
        value = maker.of_component(name)
        if isinstance(value, dict) and value.get("next") == UNKNOWN:
            value["next"] = f"{HOST}{path}?cursor=WyItY3JlYXRlZF9hdCIs"
        examples[name] = {"value": value}
    media["examples"] = {name: {"$ref": f"#/components/examples/{name}"}}


def _show_problems(operation: dict[str, Any], components: dict[str, Any]) -> None:
    """Each status of a problem names the codes that come with it here; operations that answer alike share one entry."""
    shared = components["responses"]
    for status, named in operation["responses"].items():
        base = named["$ref"].rpartition("/")[2] if "$ref" in named else ""
        answer = shared[base] if base else named
        if PROBLEM_JSON not in answer.get("content", {}):
            continue
        codes = known_of(int(status), operation["tags"])
        particular = any(one.of for one in codes)
        label = f"{base or 'Problem'}{status}" + (operation["tags"][0].title().replace("-", "") if particular else "")
        if label not in shared:
            shared[label] = {**answer, **_told(codes)}
            for one in codes:
                components["examples"].setdefault(_label(one), {"summary": one.code, "value": problem_of(one)})
        operation["responses"][status] = {"$ref": f"#/components/responses/{label}"}


def _told(codes: list[Known]) -> dict[str, Any]:
    shown = {one.code: {"$ref": f"#/components/examples/{_label(one)}"} for one in codes}
    return {
        "description": "; ".join(f"`{one.code}`: {str(one.cause).rstrip('.')}" for one in codes) or "RFC 9457",
        "content": {PROBLEM_JSON: {"schema": {"$ref": f"{REF}Problem"}, "examples": shown}},
    }


def _label(one: Known) -> str:
    return f"problem_{one.status}_{one.code}"


def problem_of(one: Known) -> dict[str, Any]:
    """The body of a problem as a caller meets it."""
    shown = {
        "type": one.address,
        "title": str(TITLES.get(one.status, "")),
        "status": one.status,
        "detail": str(one.cause),
        "code": one.code,
        "request_id": "3f2a9c1e7b5d4a68",
        "errors": _places(one),
    }
    if one.code == "scope_missing":
        shown["scope"] = "leads:write"
    if one.code == "duplicate":
        shown["existing"] = {"id": id_of("lead"), "href": f"/api/v1/leads/{id_of('lead')}/"}
    return shown


def _places(one: Known) -> list[dict[str, Any]]:
    if one.code == "gate_closed":
        detail = _("созвон или встреча состоялись")
        return [{"pointer": "#/facts/meeting", "fact": "meeting_held", "code": "missing", "detail": detail}]
    if (one.code, one.status) == ("invalid", 400):
        return [{"pointer": "#/kind", "code": "invalid_choice", "detail": _("Такого варианта нет.")}]
    return []
