"""The contract on a few pages: operations, parameters and fields without a word of prose, one a line. Kept in
``docs/api-listing.txt``; a document that lists otherwise must come with a dated entry in ``docs/api-changelog.md``."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

REF = "#/components/schemas/"
_MARK_LENGTH = 8
_LATEST = "## "


def listing(document: Mapping[str, Any]) -> str:
    """One line an operation and a shape, in alphabetical order, so that a diff shows just what has changed."""
    operations = sorted(_operations(document))
    shapes = sorted(_shapes(document["components"]["schemas"]))
    return "\n".join([*operations, "", *shapes, ""])


def mark_of(text: str) -> str:
    """What an entry of the changelog names, so that it is known which listing it speaks of."""
    return hashlib.sha256(text.encode()).hexdigest()[:_MARK_LENGTH]


def _operations(document: Mapping[str, Any]) -> Iterator[str]:
    for path, item in document["paths"].items():
        for method, one in item.items():
            parameters = sorted(_parameter(p) for p in one.get("parameters", ()) if p["in"] != "path")
            taken = " ".join(_bodies(one.get("requestBody", {})))
            given = " ".join(sorted(_answers(one["responses"])))
            parts = [path, method.upper(), one["operationId"], *parameters, f"< {taken}" if taken else "", f"> {given}"]
            yield " ".join(filter(None, parts))


def _parameter(one: Mapping[str, Any]) -> str:
    sign = "?" if one["in"] == "query" else "@"
    return f"{sign}{one['name']}={kind_of(one['schema'])}{'!' if one.get('required') else ''}"


def _bodies(body: Mapping[str, Any]) -> Iterator[str]:
    for media_type, media in body.get("content", {}).items():
        name = kind_of(media.get("schema", {}))
        yield name if media_type == "application/json" else f"{media_type}:{name}"


def _answers(responses: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in responses.items():
        yield "=".join([status, *_bodies(answer)])


def _shapes(schemas: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in schemas.items():
        fields = schema.get("properties")
        if not isinstance(fields, Mapping):
            yield f"{name} {kind_of(schema)}"
            continue
        required = set(schema.get("required", ()))
        told = [f"{field}:{kind_of(one)}{'!' if field in required else ''}" for field, one in sorted(fields.items())]
        yield f"{name} {{ {' '.join(told)} }}"


def kind_of(schema: Mapping[str, Any]) -> str:
    """A schema in a word: ``uuid?``, ``Lead[]``, ``agent|client``."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REF)
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            return "|".join(kind_of(one) for one in schema[several])
    if "enum" in schema:
        return "|".join(str(value) for value in schema["enum"])
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else list(schema.get("type", ["any"]))
    mark = "?" if "null" in kinds else ""
    return "|".join(_plain(schema, kind) for kind in kinds if kind != "null") + mark


def _plain(schema: Mapping[str, Any], kind: str) -> str:
    if kind == "array":
        return f"{kind_of(schema.get('items', {}))}[]"
    if kind == "object" and "properties" in schema:
        return "{" + ",".join(f"{name}:{kind_of(one)}" for name, one in schema["properties"].items()) + "}"
    return str(schema.get("format", kind))


def differences(before: str, after: str) -> list[str]:
    """Lines for a draft of the changelog's entry: operations and shapes that came, went or changed."""
    old, new = (dict(_named(text.splitlines())) for text in (before, after))
    lines = [f"- New: `{name}`." for name in new if name not in old]
    lines += [
        f"- Changed: `{name}`{_fields(old[name], new[name])}." for name in new if name in old and old[name] != new[name]
    ]
    return lines + [f"- Gone: `{name}`." for name in old if name not in new]


def _named(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in filter(None, lines):
        words = line.split(" ", 2)
        yield (f"{words[1]} {words[0]}" if line.startswith("/") else words[0]), line


def _fields(old: str, new: str) -> str:
    came, went = (
        [word for word in one.split() if word not in other.split() and word not in "{}"]
        for one, other in ((new, old), (old, new))
    )
    said = [f"now `{' '.join(came)}`"] if came else []
    return ": " + ", ".join([*said, f"before `{' '.join(went)}`"] if went else said) if came or went else ""


def latest_mark(changelog: str) -> str:
    """The mark of the newest entry; empty where there is none."""
    first = next((line for line in changelog.splitlines() if line.startswith(_LATEST)), "")
    return first.rpartition("· ")[2].strip()


def renewed(changelog: str, *, day: str, mark: str, lines: list[str]) -> str:
    """The changelog with this mark on top: in the entry of the day, where there is one, else in a new one."""
    head, sign, rest = changelog.partition(f"\n{_LATEST}")
    title, _newline, entries = rest.partition("\n")
    heading = f"{_LATEST}{day} · {mark}"
    if sign and title.startswith(day):
        body = "\n".join(line for line in lines if line not in entries)
        own, more, older = entries.partition(f"\n{_LATEST}")
        return f"{head}\n{heading}\n{own.rstrip()}\n{body}".rstrip() + "\n" + (more + older if more else "")
    body = "\n".join(lines) or "- Nothing that a client must know."
    return f"{head.rstrip()}\n\n{heading}\n\n{body}\n" + (f"{sign}{rest}" if sign else "")
