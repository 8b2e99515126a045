"""What both files of the large load's tests need: a small load, and a look at the schema."""

from datetime import datetime
from typing import Any

from django.db import connection

from common import clock
from demo.scale import load
from demo.scale.leads import Sizes

SIZES = Sizes(leads=600, users=40, agents=150, entries=3_000, actions=1_500)
PASSWORD = "demo-demo-demo"
SCHEMA = {
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal",
}


def fill(sizes: Sizes = SIZES, *, seed: int = 7, at: datetime | None = None) -> list[dict[str, object]]:
    return list(load.run(sizes=sizes, seed=seed, password=PASSWORD, at=at or clock.now()))


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(cursor.fetchall())


def schema() -> dict[str, list[tuple[Any, ...]]]:
    return {name: rows(sql) for name, sql in SCHEMA.items()}
