"""A migration of a large table while people work on it. ``LIVE_ROWS=1000000`` for the size of a bank.

The table is one of its own, so that nothing has to be put back; the steps are those that the linter of migrations asks
for. What a person's request would run is measured statement by statement.
"""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
import pytest_django
from django.db import OperationalError, connection

from monitoring.migrating import alone, drop_halves, patiently, short_locks
from runner.backup.database import Database

pytestmark = pytest.mark.concurrency
ROWS = int(os.environ.get("LIVE_ROWS", "100000"))
STEPS = (
    "ALTER TABLE live_rows ADD COLUMN score integer",
    "CREATE INDEX CONCURRENTLY live_rows_score ON live_rows (score, id)",
    "ALTER TABLE live_rows ADD CONSTRAINT live_rows_score_there CHECK (score IS NOT NULL) NOT VALID",
    "BACKFILL",
    "ALTER TABLE live_rows VALIDATE CONSTRAINT live_rows_score_there",
    "ALTER TABLE live_rows ALTER COLUMN score SET NOT NULL",
    "ALTER TABLE live_rows DROP CONSTRAINT live_rows_score_there",
)


@pytest.fixture
def live_rows(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS live_rows")
            cursor.execute(
                "CREATE TABLE live_rows AS SELECT n AS id, 'Зимородок ' || n AS name, 0 AS visits"
                f" FROM generate_series(1, {ROWS}) n"
            )
            cursor.execute("ALTER TABLE live_rows ADD PRIMARY KEY (id)")
        yield
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS live_rows")


@dataclass
class People:
    """Who works meanwhile: reads and writes one row after another, as pages do."""

    slowest: float = 0.0
    done: int = 0
    errors: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def work(self, number: int) -> None:
        with outside() as one:
            one.autocommit = True
            while not self.stopping.is_set():
                began, row = time.monotonic(), (self.done * 7919 + number) % ROWS + 1
                try:
                    one.execute("SELECT name FROM live_rows WHERE id = %s", [row])
                    # As the old program writes: it knows nothing of the new column.
                    one.execute("UPDATE live_rows SET visits = visits + 1 WHERE id = %s", [row])
                except psycopg.Error as error:
                    self.errors.append(f"{type(error).__name__}: {error}")
                self.slowest, self.done = max(self.slowest, time.monotonic() - began), self.done + 1
                self.stopping.wait(0.01)


def outside() -> psycopg.Connection[Any]:
    return Database.of_settings(connection.settings_dict).connect()


@pytest.fixture
def people(live_rows: None) -> Iterator[People]:
    found = People()
    threads = [threading.Thread(target=found.work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    yield found
    found.stopping.set()
    for thread in threads:
        thread.join()


def run(statement: str) -> None:
    with short_locks(connection), connection.cursor() as cursor:
        cursor.execute(statement)


def backfill() -> None:
    """In batches, each committed: killed at any row it goes on where it stopped."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "UPDATE live_rows SET score = visits WHERE id IN"
                " (SELECT id FROM live_rows WHERE score IS NULL ORDER BY id LIMIT 5000 FOR UPDATE SKIP LOCKED)"
            )
            if not cursor.rowcount:
                return


def test_nobody_waits_two_seconds_and_nobody_fails_while_the_table_changes(people: People) -> None:
    run("SELECT 1")
    # The old program leaves the new column empty where the constraint is not valid yet: it is told its value here.
    for step in STEPS:
        if step == "BACKFILL":
            backfill()
        elif "NOT VALID" in step:
            patiently(lambda: run("ALTER TABLE live_rows ALTER COLUMN score SET DEFAULT 0"), pause=0.1)
            backfill()
            patiently(lambda step=step: run(step), pause=0.1)
        else:
            patiently(lambda step=step: run(step), pause=0.1)
    people.stopping.set()
    assert people.errors == []
    assert people.done > 20
    assert people.slowest < 2.0, f"{people.slowest:.2f} s"


def test_a_forgotten_transaction_makes_the_migration_give_way_and_not_the_people(people: People) -> None:
    """The control of short waits is in the figure: without them all would wait for the forgotten one."""
    with outside() as forgotten:
        forgotten.execute("BEGIN")
        forgotten.execute("SELECT count(*) FROM live_rows WHERE id < 10")
        said: list[str] = []
        began = time.monotonic()
        with pytest.raises(OperationalError, match="lock timeout"):
            patiently(
                lambda: run("ALTER TABLE live_rows ADD COLUMN late integer"), attempts=2, pause=0.1, say=said.append
            )
        took = time.monotonic() - began
        assert 3.5 < took < 8
        assert len(said) == 1
        people.stopping.set()
    assert people.errors == []
    assert people.slowest < 3.0, "who came behind the migration waits as long as it waits, and no longer"
    patiently(lambda: run("ALTER TABLE live_rows ADD COLUMN late integer"), pause=0.1)


def test_an_index_whose_building_was_killed_is_cleared_away_and_built_again(live_rows: None) -> None:
    with outside() as killed:
        killed.autocommit = True
        with pytest.raises(psycopg.errors.UniqueViolation):
            killed.execute("CREATE UNIQUE INDEX CONCURRENTLY live_rows_half ON live_rows (visits)")
    with pytest.raises(Exception, match="already exists"):
        run("CREATE INDEX CONCURRENTLY live_rows_half ON live_rows (visits)")
    with alone(connection):
        assert drop_halves(connection) == ["public.live_rows_half"]
    run("CREATE INDEX CONCURRENTLY live_rows_half ON live_rows (visits)")


@pytest.mark.django_db
def test_the_last_test_brings_the_test_base_about_where_this_file_runs_alone() -> None:
    assert connection.settings_dict["NAME"]
