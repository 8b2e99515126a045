"""Paging by keyset: the cursor holds the sort values of the last row shown, so rows that come and go meanwhile
shift nothing. A row that is there throughout a walk is seen once, as long as its sort value stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.core import signing
from django.db.models import F, Field, Model, Q
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from api.problems import BadParameters

DEFAULT, MOST = 50, 200
SALT = "api.cursor"
PARAMETERS = ("limit", "cursor", "sort", "include")


@dataclass(frozen=True, slots=True)
class Key:
    """One column of the order. Absent values stand last in either direction."""

    path: str
    descending: bool
    field: "Field[Any, Any]"
    nullable: bool

    @staticmethod
    def of(model: type[Model], path: str, *, descending: bool) -> "Key":
        field: Any = None
        options, nullable = model._meta, False
        for step in path.split("__"):
            field = options.get_field(step)
            nullable = nullable or field.null
            options = field.related_model._meta if field.is_relation else options
        return Key(path, descending, field, nullable)

    def order(self) -> Any:
        # NULLS LAST only where there can be nulls: the plain order is the one that the indexes have.
        last = True if self.nullable else None
        return F(self.path).desc(nulls_last=last) if self.descending else F(self.path).asc(nulls_last=last)

    def beyond(self, value: Any) -> Q | None:
        """Rows after this value, or None when nothing can come after it."""
        if value is None:
            return None
        further = Q(**{f"{self.path}__{'lt' if self.descending else 'gt'}": value})
        return further | Q(**{f"{self.path}__isnull": True}) if self.nullable else further

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})

    def not_before(self, value: Any) -> Q:
        """Implied by the whole condition; said aloud because an OR alone keeps PostgreSQL off the index."""
        if value is None or self.nullable:
            return Q()
        return Q(**{f"{self.path}__{'lte' if self.descending else 'gte'}": value})

    def value_of(self, row: Model) -> str | None:
        value: Any = row
        for step in self.path.split("__"):
            value = getattr(value, step, None)
        if value is None:
            return None
        return value.isoformat() if isinstance(value, datetime) else str(value)

    def read(self, text: str | None) -> Any:
        return None if text is None else self.field.to_python(text)


def keys_of(model: type[Model], sorts: Mapping[str, str], wanted: str) -> list[Key]:
    """The order that ``sort`` asks for, made total by the id. Raises BadParameters for an unknown name."""
    keys, seen = [], set[str]()
    for part in wanted.split(","):
        name = part.removeprefix("-")
        if name not in sorts or name in seen:
            known = _("Сортировать можно по: %(names)s.") % {"names": ", ".join(sorts)}
            raise BadParameters([("sort", "invalid_choice", known)])
        seen.add(name)
        keys += [Key.of(model, path, descending=part.startswith("-")) for path in sorts[name].split(",")]
    return [*keys, Key.of(model, "id", descending=False)]


def after(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """The rows that follow the row with these sort values."""
    found, equal = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        if (further := key.beyond(value)) is not None:
            found |= equal & further
        equal &= key.same(value)
    return found & keys[0].not_before(values[0])


class Cursor(BasePagination):
    """``?limit=``, ``?cursor=``, ``?sort=``, ``?include=total``; answers ``{"data": [...], "next": url or null}``."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        return self._page([queryset], request, view)

    def _page(self, tables: Sequence[Any], request: Request, view: Any) -> list[Any]:
        asked = request.query_params
        sort = asked.get("sort") or view.default_sort
        limit = _limit(asked.get("limit"))
        keys = keys_of(tables[0].model, view.sorts, sort)
        self.total = sum(table.count() for table in tables) if _wants_total(asked.get("include")) else None
        if "cursor" in asked:
            values = _read_cursor(asked["cursor"], sort, keys)
            tables = [table.filter(after(keys, values)) for table in tables]
        order = [key.order() for key in keys]
        rows = [row for table in tables for row in table.order_by(*order)[: limit + 1]]
        if len(tables) > 1:
            rows = _merged(rows, keys)[: limit + 1]
        self.next = None
        if len(rows) > limit:
            rows = rows[:limit]
            cursor = signing.dumps([sort, [key.value_of(rows[-1]) for key in keys]], salt=SALT, compress=True)
            self.next = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        total = {} if self.total is None else {"total": self.total}
        return Response({"data": data, "next": self.next, **total})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        properties = {
            "data": schema,
            "next": {"type": ["string", "null"], "format": "uri"},
            "total": {"type": "integer", "minimum": 0},
        }
        return {"type": "object", "required": ["data", "next"], "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = [sign + name for name in view.sorts for sign in ("", "-")]
        sort = rf"^-?({'|'.join(view.sorts)})(,-?({'|'.join(view.sorts)}))*$"
        return [
            _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT}),
            _parameter("cursor", {"type": "string"}, _("Из поля next предыдущего ответа.")),
            _parameter("sort", {"type": "string", "pattern": sort, "default": view.default_sort}, ", ".join(names)),
            _parameter("include", {"type": "string", "enum": ["total"]}, _("Посчитать все строки.")),
        ]


class MergedCursor(Cursor):
    """Several tables as one list. They share the columns of the order, and none of those may be empty."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        return self._page(list(queryset), request, view)


def _merged(rows: list[Any], keys: Sequence[Key]) -> list[Any]:
    """Sorted by the last key first: the sort is stable."""
    for key in reversed(keys):
        rows = sorted(rows, key=attrgetter(key.path.replace("__", ".")), reverse=key.descending)
    return rows


def _parameter(name: str, schema: dict[str, Any], description: str = "") -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": str(description)}


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT
    if not (text.isascii() and text.isdigit() and len(text) < len("1000") and 1 <= int(text) <= MOST):
        raise BadParameters([("limit", "range", _("Число от 1 до %(most)s.") % {"most": MOST})])
    return int(text)


def _wants_total(text: str | None) -> bool:
    if text not in {None, "total"}:
        raise BadParameters([("include", "invalid_choice", _("Можно: %(names)s.") % {"names": "total"})])
    return text == "total"


def _read_cursor(text: str, sort: str, keys: Sequence[Key]) -> list[Any]:
    """Signed, so that nobody puts values of his own into the query. Raises BadParameters."""
    try:
        sorted_by, values = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        sorted_by, values = "", []
    if sorted_by != sort or len(values) != len(keys):
        raise BadParameters([("cursor", "invalid", _("Возьмите курсор из поля next, ничего в нём не меняя."))])
    return [key.read(value) for key, value in zip(keys, values, strict=True)]
