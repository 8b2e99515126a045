"""JSON as a strict reader takes it: what two programs could read differently is refused."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.parsers import BaseParser

from api.problems import escape
from common.text import has_control_characters

MAX_DEPTH = 32


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"


class Malformed(exceptions.ParseError):
    """A body that is no clean JSON. ``pointer`` says where, when it is known."""

    def __init__(self, detail: str, code: str, pointer: str = "#") -> None:
        super().__init__(detail, code)
        self.entries = [{"pointer": pointer, "code": code, "detail": detail}]


class StrictJSONParser(BaseParser):
    """Refuses duplicate keys, NaN and infinities, deep nesting, control characters, lone surrogates, big bodies."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        context = parser_context or {}
        # A view that takes files inside its body says how much it bears.
        limit = getattr(context.get("view"), "body_limit", 0) or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = _read(stream, context.get("request"), limit)
        try:
            value = decoder.decode(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise Malformed(_("Тело запроса должно быть в UTF-8."), "not_utf8") from error
        except RecursionError as error:
            raise _too_deep() from error
        except ValueError as error:
            raise Malformed(_("Тело запроса — не JSON."), "not_json") from error
        demand_clean(value)
        if not isinstance(value, dict):
            raise Malformed(_("Тело запроса должно быть объектом JSON."), "not_object")
        return value


def demand_clean(value: Any, pointer: str = "#") -> None:
    """Raises Malformed for text that cannot be kept, and for what is nested too deep."""
    for place, found in _strings(value, pointer):
        if has_control_characters(found):
            raise Malformed(_("В тексте есть знаки, которые нельзя сохранить."), "control_characters", place)


def _read(stream: IO[bytes], request: Any, limit: int) -> bytes:
    """The body, at most the limit; what is longer is not read to its end."""
    declared = int((request.META.get("CONTENT_LENGTH") if request is not None else 0) or 0)
    raw = b"" if declared > limit else stream.read(limit + 1)
    if declared > limit or len(raw) > limit:
        raise TooLarge(_("Тело запроса больше %(limit)s МБ. Разделите его.") % {"limit": limit // 1_048_576})
    return raw


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        if has_control_characters(twice):
            raise Malformed(_("В тексте есть знаки, которые нельзя сохранить."), "control_characters")
        raise Malformed(_("Поле «%(name)s» повторяется.") % {"name": twice[:60]}, "duplicate_key")
    return found


def _no_constant(name: str) -> Any:
    raise Malformed(_("%(name)s — не число JSON.") % {"name": name}, "not_json")


def _finite_float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise Malformed(_("Число вне допустимых границ."), "number_range")
    return number


decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite_float)


def _too_deep() -> Malformed:
    return Malformed(_("Слишком глубокая вложенность: не больше %(n)s.") % {"n": MAX_DEPTH}, "too_deep")


def _strings(value: Any, root: str) -> Iterator[tuple[str, str]]:
    """Every string of the body, names included, with its pointer. A stack of its own: depth is the attack."""
    stack: list[tuple[str, int, Any]] = [(root, 0, value)]
    while stack:
        pointer, depth, item = stack.pop()
        if depth > MAX_DEPTH:
            raise _too_deep()
        if isinstance(item, str):
            yield pointer, item
        elif isinstance(item, dict):
            for name, inner in item.items():
                yield pointer, name
                stack.append((f"{pointer}/{escape(name)}", depth + 1, inner))
        elif isinstance(item, list):
            stack.extend((f"{pointer}/{index}", depth + 1, inner) for index, inner in enumerate(item))
