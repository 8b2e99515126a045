"""What a database administrator could do, and something for him to do it to."""

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory
from django.db import connection

from audit import journal, sequencer
from audit.choices import Fields, Look
from common import clock
from tests.office import Office


def look(office: Office, times: int = 1) -> None:
    for _ in range(times):
        journal.seen(user_id=office.olim.pk, look=Look.CARD, subjects=[office.olim.pk], fields=[Fields.IDENTITY])


def chained(office: Office) -> None:
    """Five leads, ten looks, all in the chain."""
    with pghistory.context(user=str(office.olim.pk), request_id="r-1"):
        for _ in range(5):
            office.lead()
    look(office, 10)
    sequencer.run(at=clock.now())


@contextmanager
def by_the_owner(*tables: str) -> Iterator[None]:
    """Past every trigger: what a database administrator can do."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def run_sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values or None)
