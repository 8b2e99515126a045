"""Rows of several tables in one round trip: what a page shows of one record lies in many small tables, and asking for
each by itself costs more than the answers do."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet

_EACH = "(SELECT json_agg(part)::text FROM (%s) part)"
Rows = Mapping[str, list[Any]]


def read_together(asked: "Mapping[str, QuerySet[Any]]") -> Rows:
    """The rows of each queryset, in its order, by the name that it is asked under. One query.

    Rows come with their own columns and annotations; a queryset that joins or prefetches others does not belong here.
    """
    parts: list[str] = []
    names: list[str] = []
    values: list[Any] = []
    for name, rows in asked.items():
        try:
            sql, given = rows.query.sql_with_params()
        except EmptyResultSet:
            continue
        names.append(name)
        parts.append(_EACH % sql)
        values += given
    found: dict[str, list[Any]] = {name: [] for name in asked}
    if parts:
        using = next(iter(asked.values())).db
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(parts), values)
            texts = cursor.fetchone()
        for name, text in zip(names, texts, strict=True):
            lines = json.loads(text, parse_float=Decimal) if text else ()
            found[name] = [_row(asked[name], line, using) for line in lines]
    return found


def _row(rows: "QuerySet[Any]", line: Mapping[str, Any], using: str) -> Model:
    """As the queryset itself would make it: whoever listens to ``from_db`` hears of it."""
    model, columns = rows.model, [field for field in rows.model._meta.concrete_fields if field.column in line]
    values = [field.to_python(line[field.column]) for field in columns]
    row: Model = model.from_db(using, [field.attname for field in columns], values)
    for name, annotation in rows.query.annotation_select.items():
        setattr(row, name, annotation.output_field.to_python(line[name]))
    return row
