"""What a database holds, in numbers that two databases can be compared by."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

import psycopg
from psycopg import sql

# The same rows give the same text whatever a server, a role or a person is set to.
_PLAIN = (
    "SET TIME ZONE 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = 1; "
    "SET bytea_output = 'hex'; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"
)
_TABLES = """
SELECT c.relname, coalesce(array_agg(a.attname ORDER BY array_position(i.indkey::int2[], a.attnum))
                           FILTER (WHERE a.attname IS NOT NULL), '{}')
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
  LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
 WHERE c.relkind = 'r' GROUP BY c.relname ORDER BY c.relname
"""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
_RELATIONS = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
"""
_GUESTS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def make_plain(connection: psycopg.Connection[Any]) -> None:
    connection.execute(_PLAIN)


def tables_of(connection: psycopg.Connection[Any], *, skipped: Collection[str]) -> dict[str, dict[str, Any]]:
    """Rows and the digest of their text in the order of the key, of every table; seen by this connection's snapshot."""
    rows = connection.execute(_TABLES).fetchall()
    return {name: _digest(connection, name, key) for name, key in rows if name not in skipped}


def _digest(connection: psycopg.Connection[Any], name: str, key: list[str]) -> dict[str, Any]:
    table = sql.Identifier("public", name)
    order = sql.SQL(", ").join(map(sql.Identifier, key)) if key else sql.SQL("t::text")
    found, rows = hashlib.sha256(), 0
    query = sql.SQL("COPY (SELECT t.* FROM {} t ORDER BY {}) TO STDOUT").format(table, order)
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for line in copy:
            found.update(line)
            rows += 1
    return {"rows": rows, "sha256": found.hexdigest()}


def sequences_of(connection: psycopg.Connection[Any]) -> dict[str, int | None]:
    return dict(connection.execute(_SEQUENCES).fetchall())


def sequences_astray(
    low: Mapping[str, int | None], high: Mapping[str, int | None], found: Mapping[str, int | None]
) -> list[str]:
    """Sequences that do not stand between where they stood before and after the dump. They belong to no snapshot: the
    dump has them as they were at the moment when it came to them, and people went on working meanwhile. Below the first
    figure an id of the snapshot could be given out again."""
    names = low.keys() | high.keys() | found.keys()
    missing = {name for name in names if name not in low or name not in high or name not in found}
    return sorted(
        name for name in names if name in missing or not (low[name] or 0) <= (found[name] or 0) <= (high[name] or 0)
    )


def is_empty(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute(_RELATIONS).fetchone()
    return row is not None and row[0] == 0


def guests_of(connection: psycopg.Connection[Any]) -> int:
    """How many others are connected to this database."""
    row = connection.execute(_GUESTS).fetchone()
    return int(row[0]) if row else 0


def differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Names whose figures are not equal, or that are on one side only."""
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
