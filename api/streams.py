"""The body of a large batch: read in pieces, judged item by item as strictly as any other, kept on disk a line each."""

import codecs
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from api.parsers import Malformed, TooLarge, decoder, demand_clean

MOST_BYTES, MOST_ITEMS = 64 * 1024 * 1024, 50_000
ITEM_CHARACTERS = 256 * 1024
_PIECE, _IN_MEMORY = 128 * 1024, 2 * 1024 * 1024
_BLANK = " \t\r\n"


@dataclass
class Batch:
    """What came: the items as lines of canonical JSON, and the other members of the body."""

    members: dict[str, Any] = field(default_factory=dict)
    total: int = 0
    has_items: bool = False
    lines: Any = field(default_factory=lambda: SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - it is kept
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, item: Any) -> None:
        if self.total == MOST_ITEMS:
            raise TooLarge(_("В одном запросе не больше %(most)s строк. Разделите его.") % {"most": MOST_ITEMS})
        line = json.dumps(item, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        self.digest.update(line)
        self.lines.write(line)
        self.total += 1

    def items(self) -> list[Any]:
        self.lines.seek(0)
        return [json.loads(line) for line in self.lines]

    def fingerprint(self) -> str:
        rest = json.dumps(self.members, sort_keys=True)
        return hashlib.sha256(f"{self.digest.hexdigest()}{rest}".encode()).hexdigest()


class BatchParser(BaseParser):
    """``{"items": [...], ...}`` of up to 64 MB; memory holds one item and a piece of the stream."""

    media_type = "application/json"

    def parse(  # type: ignore[override]
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Batch:
        request = (parser_context or {}).get("request")
        if int((request.META.get("CONTENT_LENGTH") if request is not None else 0) or 0) > MOST_BYTES:
            raise _too_large()
        batch = Batch()
        try:
            _read_object(_Source(stream), batch)
        except UnicodeDecodeError as error:
            raise Malformed(_("Тело запроса должно быть в UTF-8."), "not_utf8") from error
        return batch


class _Source:
    """The text of a stream with a window on it: values are read where they begin, what was read is let go."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.left = stream, MOST_BYTES
        self.text, self.at, self.ended = "", 0, False
        self.decode = codecs.getincrementaldecoder("utf-8")()

    def more(self) -> bool:
        """Read on; False at the end."""
        if self.ended:
            return False
        piece = self.stream.read(_PIECE)
        self.left -= len(piece)
        if self.left < 0:
            raise _too_large()
        self.ended = not piece
        self.text = self.text[self.at :] + self.decode.decode(piece, final=self.ended)
        self.at = 0
        return True

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            while self.at < len(self.text):
                if self.text[self.at] not in _BLANK:
                    return self.text[self.at]
                self.at += 1
            if not self.more():
                return ""

    def take(self, *wanted: str) -> str:
        """One of these characters. Raises Malformed for another."""
        found = self.peek()
        if found not in wanted or not found:
            raise _not_json()
        self.at += 1
        return found

    def value(self) -> Any:
        """The value that begins here, whole."""
        self.peek()
        while True:
            problem: Exception
            try:
                value, end = decoder.raw_decode(self.text, self.at)
            except RecursionError as error:
                raise Malformed(_("Слишком глубокая вложенность."), "too_deep") from error
            except ValueError as error:
                problem = error
            else:
                # A number at the end of the window may go on in the next piece.
                if end < len(self.text) or self.ended:
                    self.at = end
                    return value
                problem = ValueError()
            if len(self.text) - self.at > ITEM_CHARACTERS:
                raise TooLarge(_("Одна из строк слишком велика.")) from problem
            if not self.more():
                raise _not_json() from problem


def _read_object(source: _Source, batch: Batch) -> None:
    if source.peek() == "[":
        raise Malformed(_("Тело запроса должно быть объектом JSON."), "not_object")
    source.take("{")
    seen: set[str] = set()
    more = source.peek() != "}"
    while more:
        name = source.value() if source.peek() == '"' else source.take('"')
        if name in seen:
            raise Malformed(_("Поле «%(name)s» повторяется.") % {"name": name[:60]}, "duplicate_key")
        seen.add(name)
        demand_clean(name)
        source.take(":")
        if name == "items" and source.peek() == "[":
            for item in _items(source):
                demand_clean(item, f"#/items/{batch.total}")
                batch.add(item)
            batch.has_items = True
        else:
            batch.members[name] = value = source.value()
            demand_clean(value)
        more = source.take(",", "}") == ","
    source.take("}") if not seen else None
    if source.peek():
        raise _not_json()


def _items(source: _Source) -> Iterator[Any]:
    source.take("[")
    if source.peek() == "]":
        source.take("]")
        return
    while True:
        yield source.value()
        if source.take(",", "]") == "]":
            return


def _too_large() -> TooLarge:
    return TooLarge(_("Тело запроса больше %(limit)s МБ. Разделите его.") % {"limit": MOST_BYTES // 1_048_576})


def _not_json() -> Malformed:
    return Malformed(_("Тело запроса — не JSON."), "not_json")
