"""After a test that commits, only the tables that hold anything are emptied. Django truncates all of them and then
looks for permissions that nobody uses: half a second a test, where a few rows have to go."""

import pgtrigger
from django.db import connection, transaction

from audit import sequencer

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
"""What the migrations left and no test writes."""


def empty() -> None:
    """Take away every row; rows that no trigger lets go as well. References are looked at when all are gone."""
    with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL audit.may_change = 'on'")  # the audit's own triggers are not pgtrigger's
        # A sequencer of a process that a test has not ended yet would leave a link without the rows that it seals, and
        # the next test to look at what is committed would find a bad entry that nobody made.
        sequencer.alone(cursor, wait=True)
        for table in _filled():
            cursor.execute(f'DELETE FROM "{table}"')


def _filled() -> list[str]:
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in sorted(tables))
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [name for (name,) in cursor.fetchall()]
