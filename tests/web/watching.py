"""Whether the database is still what it was: a digest of all tables, taken only where a statement wrote."""

import re
from typing import Any

from django.db import connection

# Sign-in state, the time at which a token was last used, and who saw what: reading changes these, and may.
OWN_TRACES = frozenset({
    "accounts_session", "accounts_guess", "accounts_apitoken",
    "accounts_apicall", "audit_view", "jobs_oncekey", "django_migrations",
})  # fmt: skip
_WRITE = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+(?:ONLY\s+)?\"?(\w+)", re.IGNORECASE)


def digest() -> dict[str, tuple[int, int]]:
    """Rows and a sum of their hashes for every table, in one query."""
    tables = sorted(set(connection.introspection.table_names()) - OWN_TRACES)
    each = (
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)::text FROM {table} row"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return {table: (count, total) for table, count, total in cursor.fetchall()}


class Watch:
    """An execute wrapper: which tables statements wrote to. ``touched`` is what a digest has to look at."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if isinstance(sql, str):
            self.tables.update(name.lower() for name in _WRITE.findall(sql))
        else:
            self.tables.add("?")
        return execute(sql, params, many, context)

    @property
    def touched(self) -> bool:
        return bool(self.tables - OWN_TRACES - {"set", "nowait", "skip", "of"})
