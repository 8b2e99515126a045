"""What is chained, and the text of a row that its digest is made of.

The text is PostgreSQL's own of the row as JSON, with the time zone fixed and the context of the change (who, from
where, by which request) put in: a context that is changed afterwards shows as a changed row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pghistory.models
from django.apps import apps
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from audit.models import View

PORTION = 2_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the chain. ``moment`` is the column that tells when a row was written."""

    name: str
    key: str
    moment: str
    columns: tuple[str, ...]

    @property
    def text(self) -> sql.Composed:
        """The canonical text of a row of ``t``, as far as the columns go that are the table's today."""
        whole: sql.Composable = sql.SQL("to_jsonb(t)")
        if "pgh_context_id" in self.columns:
            whole = sql.SQL(
                "(to_jsonb(t) || jsonb_build_object('pgh_context',"
                " (SELECT c.metadata FROM pghistory_context c WHERE c.id = t.pgh_context_id)))"
            )
        return sql.SQL("({} - %(new)s::text[])::text").format(whole)


@lru_cache(maxsize=1)
def tables() -> dict[str, Table]:
    """Every table of events and the journal of views, by name."""
    kept: list[type[models.Model]] = [View]
    kept += [model for model in apps.get_models() if issubclass(model, pghistory.models.Event) and _is_kept(model)]
    return {table.name: table for table in sorted(map(_table, kept), key=lambda table: table.name)}


def _is_kept(model: type[models.Model]) -> bool:
    return bool(model._meta.managed) and not model._meta.proxy and not model._meta.abstract


def _table(model: type[models.Model]) -> Table:
    columns = tuple(sorted(str(field.column) for field in model._meta.concrete_fields))
    key, moment = ("id", "at") if model is View else ("pgh_id", "pgh_created_at")
    return Table(model._meta.db_table, key, moment, columns)


def use_canonical_zone(cursor: CursorWrapper) -> None:
    """Moments are written in UTC whatever the session's zone: until the transaction's end."""
    cursor.execute("SET LOCAL TimeZone = 'UTC'")


# Statements are handed on as text: within a deed that says why it writes, pghistory reads them.


def texts(cursor: CursorWrapper, table: Table, *, above: int, upto: int, most: int) -> list[tuple[int, str]]:
    """Ids and canonical texts, in the order of ids."""
    query = sql.SQL(
        "SELECT t.{key}, {text} FROM {table} t WHERE t.{key} > %(above)s AND t.{key} <= %(upto)s"
        " ORDER BY t.{key} LIMIT %(most)s"
    ).format(key=sql.Identifier(table.key), text=table.text, table=sql.Identifier(table.name))
    cursor.execute(query.as_string(None), {"above": above, "upto": upto, "most": most, "new": []})
    return cursor.fetchall()


def texts_of(cursor: CursorWrapper, table: Table, pks: Sequence[int]) -> dict[int, str]:
    """The canonical texts of these rows, as far as they are there."""
    query = sql.SQL("SELECT t.{key}, {text} FROM {table} t WHERE t.{key} = ANY(%(pks)s)").format(
        key=sql.Identifier(table.key), text=table.text, table=sql.Identifier(table.name)
    )
    cursor.execute(query.as_string(None), {"pks": list(pks), "new": []})
    return dict(cursor.fetchall())


def all_texts(table: Table, *, new: Sequence[str], above: int, upto: int) -> Iterator[tuple[int, str]]:
    """Every row between two ids, in portions; columns that are ``new`` since then are left out of the text."""
    query = sql.SQL(
        "SELECT t.{key}, {text} FROM {table} t WHERE t.{key} > %(above)s AND t.{key} <= %(upto)s"
        " ORDER BY t.{key} LIMIT %(most)s"
    ).format(key=sql.Identifier(table.key), text=table.text, table=sql.Identifier(table.name))
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query.as_string(None), {"above": above, "upto": upto, "most": PORTION, "new": list(new)})
            found = cursor.fetchall()
        yield from found
        if len(found) < PORTION:
            return
        above = found[-1][0]
