"""A client that holds every answer of the test suite to the OpenAPI document."""

import json
import re
from functools import cache
from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from api.document import document
from api.places import PLACES

BASE = "/api/v1/"
PROBLEM = "application/problem+json"


@cache
def _operations() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Longest templates first, so that ``by-external`` is not read as an id."""
    paths = sorted(document("ru")["paths"].items(), key=lambda pair: -len(pair[0]))
    return [(re.compile("^" + re.sub(r"\{\w+\}", "[^/]+", path) + "$"), item) for path, item in paths]


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The operation at this address, or None where the document has none."""
    item: dict[str, Any] = next((item for pattern, item in _operations() if pattern.match(path.partition("?")[0])), {})
    return item.get("get" if method == "HEAD" else method.lower())


def check(method: str, path: str, status: int, content_type: str, content: bytes) -> None:
    """Fails where the document does not know this answer of a known operation."""
    operation = operation_of(method, path)
    if operation is None:
        # Who has no right, or called too often, is told so before anything of methods.
        assert status in {401, 403, 404, 405, 429}, f"{method} {path} is not in the document and answered {status}"
        return
    responses = operation["responses"]
    assert str(status) in responses, f"{method} {path}: {status} is not documented; {content[:400]!r}"
    answer = resolved(responses[str(status)])
    if "content" not in answer or method == "HEAD":
        assert content == b""
        return
    assert content_type in answer["content"], f"{method} {path}: {content_type}"
    media = answer["content"][content_type]
    if not content_type.endswith("json"):
        return
    body = json.loads(content)
    error = next(_validator(json.dumps(media["schema"])).iter_errors(body), None)
    assert error is None, f"{method} {path} {status}: {error.json_path} {error.message}"
    if content_type == PROBLEM:
        _check_codes(method, path, status, body, media)


def _check_codes(method: str, path: str, status: int, problem: dict[str, Any], media: dict[str, Any]) -> None:
    """Whoever integrates reads which codes may come: what is answered and not told there is a fault of the document."""
    known = media["examples"]
    where = f"{method} {path}: {status} `{problem['code']}`"
    assert problem["code"] in known, f"{where} has no line in api/catalogue.py for this noun; there: {', '.join(known)}"
    assert problem["type"].endswith(f"#{problem['code']}"), where
    strange = {entry["code"] for entry in problem["errors"]} - set(PLACES)
    assert not strange, f"{where}: {strange} inside errors has no line in api/places.py"


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema) | {"components": _closed()}, format_checker=FormatChecker())


@cache
def _closed() -> dict[str, Any]:
    """The components with every object closed: a member that the document does not tell of is a fault here, though a
    client must bear it."""
    closed: dict[str, Any] = _close(document("ru")["components"]["schemas"])
    return {"schemas": closed}


def _close(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_close(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: _close(value) for name, value in schema.items()}
    if isinstance(inner.get("properties"), dict) and "type" in inner:
        inner.setdefault("additionalProperties", False)
    return inner


def resolved(answer: dict[str, Any]) -> dict[str, Any]:
    name = answer.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document("ru")["components"]["responses"][name] if name else answer
    return found


def check_response(response: Any) -> None:
    """An answer of Django's test client. What is streamed is held to its media type."""
    path, method = response.request["PATH_INFO"], response.request["REQUEST_METHOD"]
    if not path.startswith(BASE) or path == f"{BASE}openapi.json":
        return
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    check(method, path, response.status_code, media_type, b"" if response.streaming else response.content)


class Api:
    """One caller: ``api.get("leads/", stage="custdev")``. Every answer is checked (``tests/conftest.py``)."""

    def __init__(self, token: str = "", *, client: Client | None = None) -> None:
        self.token = token
        self.client = client or Client()

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return self.send("GET", path, headers=headers, query=query)

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        return self.send("POST", path, {} if body is None else body, headers=headers)

    def put(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
        return self.send("PUT", path, body, headers=headers)

    def patch(self, path: str, body: Any, etag: str = "") -> Any:
        return self.send("PATCH", path, body, headers={"If-Match": etag} if etag else None)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        query: dict[str, Any] | None = None,
        content_type: str = "application/json",
    ) -> Any:
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body, default=str).encode()
        address = path if path.startswith("/") or path.startswith("http") else BASE + path
        return self.client.generic(
            method, address, raw, content_type=content_type, headers=sent | (headers or {}), query_params=query
        )
