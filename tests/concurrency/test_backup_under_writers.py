"""Backups made while people write and the chain grows: each is loaded whole, and the chain in it holds.

One here; ``BACKUPS_UNDER_WRITERS=10`` asks for ten, one after another.
"""

import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from agents.models import Party
from audit import journal, sequencer
from audit.choices import Fields, Look
from audit.models import Segment
from audit.verifying import verify
from channels import quarantine
from common import clock
from runner.backup import contents
from tests.monitoring.copies import another_database, restore
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
WRITERS, BACKUPS = 20, int(os.environ.get("BACKUPS_UNDER_WRITERS", "1"))
LOOKS, PAUSES = int(os.environ.get("LOOKS_UNDER_WRITERS", "4")), (0.01, 0.02, 0.05)
"""At the growing chain, each at one state of the base, as a dump sees it; seconds for which a change stays open."""


def write(number: int, party: Party, over: Event) -> None:
    """A change of a record and a look at it, sometimes taken back, sometimes slow to be committed."""
    chance = random.Random(number)
    try:
        while not over.is_set():
            with transaction.atomic():
                if number % 2:
                    Party.objects.filter(pk=party.pk).update(city=f"Город {chance.random()}")
                journal.seen(user_id=None, look=Look.CARD, subjects=[uuid4()], fields=[Fields.IDENTITY])
                time.sleep(chance.choice(PAUSES))
                if chance.random() < 0.2:
                    transaction.set_rollback(True)
    finally:
        connection.close()


def chain(over: Event) -> None:
    try:
        while not over.is_set():
            sequencer.run(at=clock.now())
    finally:
        connection.close()


@contextmanager
def written(office: Office) -> Iterator[None]:
    """Inside, twenty people write and the chain grows."""
    parties, over = [office.lead().party for _ in range(WRITERS)], Event()
    with ThreadPoolExecutor(WRITERS + 1) as threads:
        at_work = [threads.submit(chain, over)]
        at_work += [threads.submit(write, number, party, over) for number, party in enumerate(parties)]
        try:
            yield
        finally:
            over.set()
            for one in at_work:
                one.result()


def after(segments: int) -> None:
    """Until the chain has grown by as many links."""
    wanted, until = Segment.objects.count() + segments, time.monotonic() + 60
    while Segment.objects.count() < wanted and time.monotonic() < until:
        time.sleep(0.01)


def test_the_chain_holds_at_whatever_moment_it_is_looked_at(office: Office) -> None:
    with written(office):
        for _look in range(LOOKS):
            after(1)
            assert verify(beside_records=True).faults == []
    for _turn in range(2):
        sequencer.run(at=clock.now())
    report = verify(beside_records=True)
    assert (report.faults, report.unchained) == ([], 0)
    print(f"{LOOKS} looks at a chain of {report.links} links and {report.rows} rows")


def test_a_backup_made_meanwhile_is_loaded_whole_and_its_chain_holds(
    office: Office, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    with written(office):
        files = []
        for number in range(BACKUPS):
            after(2)
            files.append(backup(tmp_path / str(number)))
    for number, file in enumerate(files):
        with another_database(f"under_writers_{number}"):
            said = restore(file)
            assert "all digests are equal" in said
            assert "The chain holds." in said
            assert verify(beside_records=True).faults == []
            assert Segment.objects.count() > 2
        quarantine._known = quarantine.State()


def test_sequences_that_must_be_equal_make_such_a_backup_useless(
    office: Office, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a sequence belongs to no snapshot, and stands elsewhere when the dump is done."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def equal(low: dict[str, int], high: dict[str, int], found: dict[str, int]) -> list[str]:
        return contents.differences(high, found)

    with written(office):
        file = backup(tmp_path / "saved")
    monkeypatch.setattr(contents, "sequences_astray", equal)
    with another_database("under_writers_control"), pytest.raises(CommandError, match=r"stays shut.*audit_view_id_seq"):
        restore(file)
    quarantine._known = quarantine.State()


def backup(folder: Path) -> Path:
    call_command("backup", str(folder), stdout=StringIO(), stderr=StringIO())
    (made,) = folder.iterdir()
    return made
