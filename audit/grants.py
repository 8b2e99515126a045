"""The rights of the role that the application works under, where it does not own the tables.

The owner migrates; the application adds to the audit and cannot change it. Erasing by law goes through functions that
belong to the owner, and leaves a signed link.
"""

from psycopg import sql

from audit.models import Anchoring, Segment
from audit.rows import tables


def only_added() -> list[str]:
    """Tables whose rows the application may only add and read."""
    return sorted({*tables(), Segment._meta.db_table, Anchoring._meta.db_table})


def statements(role: str) -> list[sql.Composed]:
    """What gives ``role`` its rights. Harmless to repeat; run it as the owner after every migration."""
    who = sql.Identifier(role)
    lines = [
        "GRANT USAGE ON SCHEMA public TO {who}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {who}",
        "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {who}",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {who}",
    ]
    made = [sql.SQL(line).format(who=who) for line in lines]
    made += [
        sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON {table} FROM {who}").format(
            table=sql.Identifier(name), who=who
        )
        for name in only_added()
    ]
    # An insertion that finds the context there already asks for the right to update it; a trigger keeps what it says.
    made.append(sql.SQL("REVOKE DELETE, TRUNCATE ON pghistory_context FROM {who}").format(who=who))
    return made
