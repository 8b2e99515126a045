"""Tables without triggers, foreign keys and secondary indexes while they are filled; all of it put back as it was.

Everything happens in the caller's transaction: a failure at any point leaves the schema as it had been before.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

_TRIGGERS = """
SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger
 WHERE tgrelid = ANY(%s::regclass[]) AND NOT tgisinternal AND tgenabled = 'O' ORDER BY 1, 2
"""
_CONSTRAINTS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype = 'f' FROM pg_constraint
 WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u')
    OR confrelid = ANY(%s::regclass[]) AND contype = 'f'
 ORDER BY contype = 'f', 1, 2
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
 WHERE indrelid = ANY(%s::regclass[])
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
 ORDER BY 1
"""
# Of the session's memory, and only until the transaction ends.
_SETTINGS = """
SET LOCAL maintenance_work_mem = '384MB'; SET LOCAL work_mem = '128MB'; SET LOCAL synchronous_commit = off;
SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '10s'
"""


@contextmanager
def bare(tables: Sequence[str]) -> Iterator[None]:
    """Inside the block rows may be written in any order at the speed of the disk; at its end every rule is checked.

    Must run in a transaction. Raises IntegrityError where the rows break a key. Holds the tables for itself.
    """
    names = list(tables)
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS)
        cursor.execute(_TRIGGERS, [names])
        triggers = cursor.fetchall()
        cursor.execute(_CONSTRAINTS, [names, names])
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, [names])
        indexes = cursor.fetchall()
    _do(f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in triggers)
    _do(f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _rule, _foreign in reversed(constraints))
    _do(f"DROP INDEX {name}" for name, _definition in indexes)
    yield
    _do(definition for _name, definition in indexes)
    _do(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}" for table, name, rule, _foreign in constraints)
    _do(f"ALTER TABLE {table} ENABLE TRIGGER {name}" for table, name in triggers)


def _do(statements: Iterator[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
