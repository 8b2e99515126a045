"""People whose every field is a mark of its own, and the places where a mark must never come to stand."""

import io
import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import redis
from django.conf import settings
from django.db import connection
from django.test import Client

from common.logs import json_formatter
from tests.web.pressing import read

PLACES = (
    "webhooks_event", "webhooks_delivery", "accounts_apicall", "pghistory_context", "audit_view", "jobs_job",
    "jobs_oncekey", "monitoring_taskrun", "monitoring_deed",
)  # fmt: skip
"""Tables that tell of people by ids alone: events, calls of the API, who did and saw what, duties, runs."""
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
_DIALS = ("tel:", "mailto:", "https://t.me/")
"""A press on them calls or writes, and asks no server of ours."""
_SQL = ("django.db.backends", "psycopg")


class Person:
    """One who came by one way: «Канарейкин», a phone, an address, a number, words about him, all his own."""

    def __init__(self, number: int) -> None:
        self.name = f"Канарейкин Кенар{number:02d}"
        self.phone = f"+99890777{number:02d}{number:02d}"
        self.mail = f"kanareyka{number:02d}@lichnoe.test"
        self.tax_id = f"4{number:02d}{number:02d}7{number:02d}1"
        self.note = f"Канареечная заметка {number:02d}"

    @property
    def marks(self) -> tuple[str, ...]:
        return self.name.split()[1], self.phone[1:], self.mail.split("@")[0], self.tax_id, self.note


class Watcher:
    """What was logged, answered as an address, kept in Redis and in the tables, as one text a place."""

    def __init__(self) -> None:
        self.plain: list[str] = []
        self.stream = io.StringIO()
        self.addresses: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.plain.append(f"{record.name} {record.getMessage()} {record.args!r}")

    def hears(self, answer: Any) -> Any:
        """Remember where an answer leads."""
        if answer.get("Location"):
            self.addresses.append(answer["Location"])
        self.addresses += [value for name, value in answer.items() if name.startswith("HX-")]
        body = b"" if answer.streaming else answer.content
        links = read(body.decode()).links if b"<html" in body[:400] else []
        self.addresses += [link for link in links if not link.startswith(_DIALS)]
        return answer

    def places(self) -> dict[str, str]:
        found = {
            "log": "\n".join(self.plain), "json log": self.stream.getvalue(), "redis": "\n".join(_in_redis()),
            "addresses": "\n".join(unquote(one) for one in self.addresses),
        }  # fmt: skip
        return found | {table: "\n".join(_rows(table)) for table in PLACES}

    def finds(self, marks: Iterable[str]) -> list[str]:
        said = {place: _plain(text) for place, text in self.places().items()}
        return [f"{place}: {mark}" for mark in marks for place, text in said.items() if _plain(mark) in text]


def _plain(text: str) -> str:
    """A number is found however it is grouped, letters however JSON writes them."""
    letters = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return letters.casefold().replace(" ", "").replace("-", "").replace("+", "")


class _Handler(logging.Handler):
    def __init__(self, watcher: Watcher) -> None:
        super().__init__(logging.DEBUG)
        self.watcher = watcher

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(_SQL):
            self.watcher.emit(record)


@contextmanager
def watching() -> Iterator[Watcher]:
    """Every logger at DEBUG, however quiet it is set, and the form in which the operator's log is written."""
    watcher = Watcher()
    written = logging.StreamHandler(watcher.stream)
    written.setFormatter(json_formatter())
    written.addFilter(lambda record: not record.name.startswith(_SQL))
    known = logging.root.manager.loggerDict.values()
    loggers = [logging.getLogger(), *(one for one in known if isinstance(one, logging.Logger))]
    was = {one: (one.level, one.propagate) for one in loggers}
    for one in loggers:
        if not one.name.startswith(_SQL):
            one.setLevel(logging.DEBUG)
            one.propagate = True
    handlers = (_Handler(watcher), written)
    for handler in handlers:
        logging.getLogger().addHandler(handler)
    try:
        yield watcher
    finally:
        for handler in handlers:
            logging.getLogger().removeHandler(handler)
        for one, (level, propagate) in was.items():
            one.setLevel(level)
            one.propagate = propagate


def _rows(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [table])
        assert cursor.fetchone()[0], table
        cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
        return [row[0] for row in cursor.fetchall()]


_READ: dict[bytes, Any] = {
    b"string": lambda client, key: [client.get(key)],
    b"list": lambda client, key: client.lrange(key, 0, -1),
    b"set": lambda client, key: client.smembers(key),
    b"zset": lambda client, key: client.zrange(key, 0, -1),
    b"hash": lambda client, key: [part for pair in client.hgetall(key).items() for part in pair],
    b"stream": lambda client, key: [json.dumps(repr(client.xrange(key)))],
    b"none": lambda _client, _key: [],  # it ran out meanwhile
}


def _in_redis() -> Iterator[str]:
    """Keys and values, not as ``DUMP`` gives them: that packs what repeats itself."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    for key in client.scan_iter(count=1000):
        values = [value for value in _READ[client.type(key)](client, key) if value is not None]
        parts = [one if isinstance(one, bytes) else str(one).encode() for one in (key, *values)]
        yield b" ".join(parts).decode("utf-8", "replace")


class Browser:
    """A signed-in client whose every answer is heard."""

    def __init__(self, user: Any, watcher: Watcher) -> None:
        self.client, self.watcher = Client(raise_request_exception=False), watcher
        self.client.force_login(user)

    def get(self, path: str, **more: Any) -> Any:
        return self.watcher.hears(self.client.get(path, **more))

    def post(self, path: str, data: dict[str, Any], **more: Any) -> Any:
        """Each form with a key of its own, as pages send it."""
        return self.watcher.hears(self.client.post(path, {"_once": str(uuid4())} | data, **more))
