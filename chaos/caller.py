"""Requests from outside, one connection each, and a record of every answer."""

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from threading import Lock
from typing import Any
from urllib.parse import urlencode

PATIENCE = 45.0
"""Longer than any freeze: whoever gives up earlier would call a slow answer an unknown one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is None where no answer came."""

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    why: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Seen:
    face: str
    started: float
    ended: float
    status: int | None
    retry_after: bool
    path: str


class Tally:
    """Every answer of the run, by the clock of the wall."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.signed_out: list[str] = []
        self._lock = Lock()

    def add(self, seen: Seen) -> None:
        with self._lock:
            self.seen.append(seen)

    def works_again(self, face: str, after: float) -> float | None:
        """When the first good answer ended to a request that began after a moment."""
        good = (s.ended for s in self.seen[-2000:] if s.face == face and s.started >= after and (s.status or 500) < 400)
        return min(good, default=None)


@dataclass
class Caller:
    host: str
    port: int
    face: str
    tally: Tally
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, *, cut: bool = False, **headers: str) -> Answer:
        """``cut`` hangs up once the request is out: what came of it is not known, as after a torn cable."""
        started = time.time()
        answer = self._send(method, path, *_body(body), headers, cut=cut)
        if not cut:
            waits = "retry-after" in answer.headers
            self.tally.add(Seen(self.face, started, time.time(), answer.status, waits, path))
        return answer

    def _send(
        self, method: str, path: str, content: bytes | None, kind: str, headers: Mapping[str, str], *, cut: bool
    ) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        told = {**self.headers, "Connection": "close", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if content is not None:
            told["Content-Type"] = kind
        if self.cookies:
            told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, content, told)
            if cut:
                time.sleep(0.02)
                return Answer(None, why="hung up")
            response = connection.getresponse()
            answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
            self._keep_cookies(response.headers.get_all("Set-Cookie") or [])
            return answer
        except (OSError, http.client.HTTPException) as error:
            return Answer(None, why=type(error).__name__)
        finally:
            connection.close()

    def _keep_cookies(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if not morsel.value:
                    del self.cookies[name]


def _body(body: Any) -> tuple[bytes | None, str]:
    if body is None:
        return None, ""
    if isinstance(body, Form):
        return urlencode(body.fields).encode(), "application/x-www-form-urlencoded"
    return json.dumps(body).encode(), "application/json"


@dataclass(frozen=True, slots=True)
class Form:
    fields: Mapping[str, str]
