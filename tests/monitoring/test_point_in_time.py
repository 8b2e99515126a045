"""Back to a moment, by the very lines of the operator's book: what was written before it is there, the rest is not."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from runner.binaries import find_postgres
from runner.identity import Identity
from runner.postgres import SUPERUSER, UNSAFE_BUT_QUICK, Cluster
from tests.runner.waiting import wait_for

BOOK = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
PASSWORD = "drill"
MOMENT = "2026-11-22 14:04:59+05"


def lines_of(block: int) -> dict[str, str]:
    """The settings of one block of the chapter."""
    chapter = BOOK.partition("## Back to a moment")[2].partition("\n## ")[0]
    text = re.findall(r"```ini\n(.*?)```", chapter, re.DOTALL)[block]
    return {
        name.strip(): value.strip().strip("'")
        for name, _is, value in (line.partition(" = ") for line in text.splitlines())
    }


@dataclass(frozen=True)
class Drill:
    """A cluster that archives its log, its base backup, and the moment between two rows."""

    cluster: Cluster
    archive: Path
    moment: str

    @contextmanager
    def brought_back(self, name: str, **changed: str | None) -> Iterator[set[str]]:
        """What stands in a copy that was recovered by the book, with some lines changed or left out."""
        data, identity = self.archive / name, self.cluster.identity
        identity.run(["cp", "-a", str(self.archive / "base"), str(data)])
        given = lines_of(1) | {"recovery_target_time": self.moment} | changed
        settings = {
            key: value.replace("/archive", str(self.archive)) for key, value in given.items() if value is not None
        }
        (data / "recovery.signal").touch()
        copy = replace(self.cluster, data=data, log=data.with_suffix(".log"), settings=QUICK | settings)
        running, address = copy.start()
        try:
            with connect(address) as found:
                yield {row[0] for row in found.execute("SELECT said FROM drill")}
        finally:
            running.stop()


QUICK = {name: value for name, value in UNSAFE_BUT_QUICK.items() if name not in {"wal_level", "max_wal_senders"}}


def connect(address: str) -> psycopg.Connection[Any]:
    at = address.rpartition("@")[2].partition("/")[0]
    return psycopg.connect(f"postgresql://{SUPERUSER}:{PASSWORD}@{at}/postgres", autocommit=True)


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    place, identity = Path(tempfile.mkdtemp(prefix="crm-moment-")), Identity.for_services()
    place.chmod(0o711)
    archive = identity.make_dir(place / "archive")
    identity.make_dir(archive / "wal")
    settings = {key: value.replace("/archive", str(archive)) for key, value in lines_of(0).items()}
    cluster = Cluster(
        data=place / "data", log=place / "postgres.log", binaries=find_postgres(place, identity), password=PASSWORD,
        superuser_password=PASSWORD, identity=identity, settings=QUICK | settings,
    )  # fmt: skip
    running, address = cluster.start()
    try:
        with connect(address) as base:
            moment = written(base, cluster, archive, address)
        running.stop()
        yield Drill(cluster, archive, moment)
    finally:
        running.stop()
        shutil.rmtree(place, ignore_errors=True)


def written(base: psycopg.Connection[Any], cluster: Cluster, archive: Path, address: str) -> str:
    """A row of the base backup, one before the moment and one after it. Returns the moment."""
    base.execute("CREATE TABLE drill (said text)")
    base.execute("INSERT INTO drill VALUES ('in the base backup')")
    program, where = cluster.binaries.program("pg_basebackup"), address.rpartition("@")[2].partition("/")[0]
    made = cluster.identity.run([
        program, f"--dbname=postgresql://{SUPERUSER}:{PASSWORD}@{where}", f"--pgdata={archive / 'base'}",
        "--checkpoint=fast", "--no-sync",
    ], check=False)  # fmt: skip
    assert made.returncode == 0, made.stdout
    assert cluster.identity.run([cluster.binaries.program("pg_verifybackup"), str(archive / "base")]).returncode == 0
    base.execute("INSERT INTO drill VALUES ('before the moment')")
    (moment,) = base.execute("SELECT clock_timestamp()::text FROM pg_sleep(0.05)").fetchone() or ("",)
    base.execute("SELECT pg_sleep(0.05)")
    base.execute("INSERT INTO drill VALUES ('after the moment')")
    (last,) = base.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
    wait_for((archive / "wal" / last).exists, 60)
    return str(moment)


def test_the_book_names_the_moment_and_the_places_that_a_drill_replaces() -> None:
    assert lines_of(1)["recovery_target_time"] == MOMENT
    assert "/archive/wal/%f" in lines_of(0)["archive_command"]
    assert "/archive/wal/%f" in lines_of(1)["restore_command"]


def test_what_was_written_before_the_moment_is_there_and_what_came_after_is_not(drill: Drill) -> None:
    with drill.brought_back("then") as found:
        assert found == {"in the base backup", "before the moment"}


def test_without_the_moment_everything_that_was_archived_is_there(drill: Drill) -> None:
    """The negative control: the later row is in the log, and only the line keeps it out."""
    with drill.brought_back("all", recovery_target_time=None, recovery_target_action=None) as found:
        assert found == {"in the base backup", "before the moment", "after the moment"}


def test_without_the_archive_only_the_base_backup_is_there(drill: Drill) -> None:
    """The other control: what came after the base backup comes out of the archive."""
    none = {"restore_command": "false", "recovery_target_time": None, "recovery_target_action": None}
    with drill.brought_back("bare", **none) as found:
        assert found == {"in the base backup"}
