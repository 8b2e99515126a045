"""Is every audited record what its last entry says: whoever changed one with the triggers off left no entry, and shows.

The chain proves that entries are those that were written; it cannot tell of a change that wrote none. So each record is
laid beside the last entry of its history, column by column. A record without any entry is counted and not blamed: the
dictionaries that migrations brought may be older than the triggers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import connection, models
from psycopg import sql

MOST = 20
"""Records named for each table and each way to differ."""
_DELETED = "delete"
_DIFFERS = sql.SQL(
    "SELECT r.{key}::text, e.pgh_id FROM {table} r CROSS JOIN LATERAL"
    " (SELECT pgh_id, pgh_label, {columns} FROM {events} WHERE pgh_obj_id = r.{key} ORDER BY pgh_id DESC LIMIT 1) e"
    " WHERE e.pgh_label = {deleted} OR {differs} LIMIT {most}"
)
_GONE = sql.SQL(
    "SELECT e.pgh_obj_id::text, e.pgh_id FROM {events} e WHERE e.pgh_label <> {deleted}"
    " AND NOT EXISTS (SELECT FROM {events} later WHERE later.pgh_obj_id = e.pgh_obj_id AND later.pgh_id > e.pgh_id)"
    " AND NOT EXISTS (SELECT FROM {table} r WHERE r.{key} = e.pgh_obj_id) LIMIT {most}"
)
_WITHOUT = sql.SQL(
    "SELECT count(*) FROM {table} r WHERE NOT EXISTS (SELECT FROM {events} e WHERE e.pgh_obj_id = r.{key})"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An audited table and its history; ``columns`` are those that both have."""

    table: str
    key: str
    events: str
    columns: tuple[str, ...]

    def text(self, query: sql.SQL) -> str:
        differs = sql.SQL(" OR ").join(
            sql.SQL("r.{one} IS DISTINCT FROM e.{one}").format(one=sql.Identifier(one)) for one in self.columns
        )
        made = query.format(
            table=sql.Identifier(self.table), key=sql.Identifier(self.key), events=sql.Identifier(self.events),
            columns=sql.SQL(", ").join(map(sql.Identifier, self.columns)), differs=differs,
            deleted=sql.Literal(_DELETED), most=sql.Literal(MOST),
        )  # fmt: skip
        return made.as_string(None)


def kept() -> list[Kept]:
    """Every audited table of records, by name."""
    found = []
    for event in apps.get_models():
        tracked: type[models.Model] | None = getattr(event, "pgh_tracked_model", None)
        if issubclass(event, pghistory.models.Event) and event._meta.managed and tracked is not None:
            found.append(_beside(event, tracked))
    return sorted(found, key=lambda one: one.table)


def _beside(event: type[models.Model], tracked: type[models.Model]) -> Kept:
    theirs = {str(field.column) for field in event._meta.concrete_fields}
    columns = tuple(str(field.column) for field in tracked._meta.concrete_fields if field.column in theirs)
    return Kept(tracked._meta.db_table, str(tracked._meta.pk.column), event._meta.db_table, columns)


def strayed() -> Iterator[tuple[Kept, str, int, str]]:
    """Table, record, its last entry and what is the matter, of every record that is not as its history says. About ten
    seconds a million records; call it inside a transaction that reads one state. Writes nothing."""
    for one in kept():
        for pk, entry in _rows(one.text(_DIFFERS)):
            yield one, pk, entry, "the record is not what its last entry says: it was changed past the triggers"
        for pk, entry in _rows(one.text(_GONE)):
            yield one, pk, entry, "the record is gone and no entry says so"


def without_entry() -> int:
    """How many records no entry was ever written of."""
    return sum(int(row[0]) for one in kept() for row in _rows(one.text(_WITHOUT)))


def _rows(text: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return list(cursor.fetchall())
