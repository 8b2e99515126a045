"""A client that holds every answer of the test suite to the OpenAPI document."""

import json
import re
from functools import cache
from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator

from api.document import document

BASE = "/api/v1/"


@cache
def _operations() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Longest templates first, so that ``by-external`` is not read as an id."""
    paths = sorted(document("ru")["paths"].items(), key=lambda pair: -len(pair[0]))
    return [(re.compile("^" + re.sub(r"\{\w+\}", "[^/]+", path) + "$"), item) for path, item in paths]


def check(method: str, path: str, status: int, content_type: str, content: bytes) -> None:
    """Fails where the document does not know this answer of a known operation."""
    item = next((item for pattern, item in _operations() if pattern.match(path.partition("?")[0])), None)
    if item is None or method.lower() not in item:
        assert status in {404, 405}, f"{method} {path} is not in the document and answered {status}"
        return
    responses = item[method.lower()]["responses"]
    assert str(status) in responses, f"{method} {path}: {status} is not documented; {content[:400]!r}"
    answer = _resolved(responses[str(status)])
    if "content" not in answer:
        assert content == b""
        return
    assert content_type in answer["content"], f"{method} {path}: {content_type}"
    schema = answer["content"][content_type]["schema"] | {"components": document("ru")["components"]}
    errors = list(Draft202012Validator(schema).iter_errors(json.loads(content)))
    assert not errors, f"{method} {path} {status}: {errors[0].json_path} {errors[0].message}"


def _resolved(answer: dict[str, Any]) -> dict[str, Any]:
    name = answer.get("$ref", "").rpartition("/")[2]
    return document("ru")["components"]["responses"][name] if name else answer


class Api:
    """One caller: ``api.get("leads/", stage="custdev")``. The last answer's headers are in ``headers``."""

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
        response = self.client.generic(
            method, address, raw, content_type=content_type, headers=sent | (headers or {}), query_params=query
        )
        media_type = response.headers.get("Content-Type", "").partition(";")[0]
        check(method, response.request["PATH_INFO"], response.status_code, media_type, response.content)
        return response
