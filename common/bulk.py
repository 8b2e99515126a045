"""Many new rows in one statement. The rows travel as one JSON parameter, which PostgreSQL takes apart: composing a
statement with tens of thousands of placeholders costs more than all else that a batch of a thousand does."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

_INSERT = """
INSERT INTO {table} ({columns}) SELECT {columns}
  FROM ROWS FROM (jsonb_to_recordset(%s::jsonb) AS ({typed})) WITH ORDINALITY given ORDER BY given.ordinality
"""


def insert(rows: Sequence[models.Model], *, ignore_conflicts: bool = False) -> None:
    """Insert rows of one model, in their order; triggers run as with any INSERT. Numbers that the database gives are
    set on the rows, but not with ``ignore_conflicts``, where nobody knows which of them went in."""
    if not rows:
        return
    model = type(rows[0])
    numbered = model._meta.pk is not None and rows[0].pk is None
    fields = [one for one in model._meta.concrete_fields if not (numbered and one.primary_key)]
    stamped = [one for one in fields if getattr(one, "auto_now", False) or getattr(one, "auto_now_add", False)]
    for row in rows:
        for one in stamped:
            one.pre_save(row, add=True)
    statement = _statement(model, tuple(fields))
    given = [{one.column: getattr(row, one.attname) for one in fields} for row in rows]
    if ignore_conflicts:
        statement += " ON CONFLICT DO NOTHING"
    elif numbered:
        statement += " RETURNING " + connection.ops.quote_name(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(given, default=str, ensure_ascii=False)])
        if numbered and not ignore_conflicts:
            for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
                row.pk = pk
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


@lru_cache(maxsize=32)
def _statement(model: type[models.Model], fields: tuple[Any, ...]) -> str:
    quoted = connection.ops.quote_name
    types = [one.rel_db_type(connection) if one.remote_field else one.db_type(connection) for one in fields]
    return _INSERT.format(
        table=quoted(model._meta.db_table),
        columns=", ".join(quoted(one.column) for one in fields),
        typed=", ".join(f"{quoted(one.column)} {kind}" for one, kind in zip(fields, types, strict=True)),
    )
