"""Starts the services that have no address in the environment, and says where they are."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runner.binaries import find_postgres, find_valkey
from runner.console import say
from runner.identity import Identity, place_for_data
from runner.postgres import UNSAFE_BUT_QUICK, Cluster
from runner.postmaster import Adopted
from runner.processes import Child
from runner.state import keep_secret
from runner.valkey import Valkey

THROW_AWAY = "salescrm-throwaway-"
# Between making its directory and locking it, a run must not be taken for a dead one.
LOCKED_WITHIN_SECONDS = 60


@dataclass
class Services:
    """What runs, and `env`: the addresses under the names the settings read."""

    env: dict[str, str] = field(default_factory=dict)
    postgres: Child | Adopted | None = None
    valkey: Child | None = None

    def stop(self) -> None:
        """Valkey first: PostgreSQL is the truth and goes last."""
        for service in (self.valkey, self.postgres):
            if service is not None:
                service.stop()


def start_lasting(data_dir: Path, environ: Mapping[str, str]) -> Services:
    """For `up`: the data stays in the data directory, safe against a power cut."""
    passwords = {name: keep_secret(data_dir, name) for name in ("postgres", "salescrm", "valkey")}
    return _start(
        place=data_dir,
        logs=data_dir / "logs",
        passwords=passwords,
        environ=environ,
        settings={},
        durable=True,
    )


@contextlib.contextmanager
def throw_away(environ: Mapping[str, str], settings: Mapping[str, str] | None = None) -> Iterator[Services]:
    """For tests and benchmarks: quick, unsafe, and gone afterwards. ``settings`` are more of PostgreSQL's."""
    _sweep_left_behind()
    place = Path(tempfile.mkdtemp(prefix=THROW_AWAY))
    # Reachable, though not listed, by the account of the services.
    place.chmod(0o711)
    lock = _lock(place)
    services = Services()
    try:
        services = _start(
            place=place,
            logs=place,
            passwords={name: secrets.token_urlsafe(24) for name in ("postgres", "salescrm", "valkey")},
            environ=environ,
            settings={**UNSAFE_BUT_QUICK, **(settings or {})},
            durable=False,
        )
        yield services
    finally:
        services.stop()
        shutil.rmtree(place, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _start(
    *,
    place: Path,
    logs: Path,
    passwords: Mapping[str, str],
    environ: Mapping[str, str],
    settings: dict[str, str],
    durable: bool,
) -> Services:
    identity = Identity.for_services()
    services = Services()
    asked, place = place, place_for_data(place, identity)
    if place != asked:
        say(f"{asked} is closed to the account of the services: their data lies in {place}")
    try:
        if not environ.get("DATABASE_URL"):
            cluster = Cluster(
                data=place / "postgres",
                log=logs / "postgres.log",
                binaries=find_postgres(place, identity),
                password=passwords["salescrm"],
                superuser_password=passwords["postgres"],
                identity=identity,
                settings=settings,
            )
            services.postgres, services.env["DATABASE_URL"] = cluster.start()
        if not environ.get("REDIS_URL"):
            valkey = Valkey(
                data=place / "valkey",
                log=logs / "valkey.log",
                binary=find_valkey(place, identity),
                password=passwords["valkey"],
                identity=identity,
                durable=durable,
            )
            services.valkey, services.env["REDIS_URL"] = valkey.start()
    except BaseException:
        services.stop()
        raise
    return services


def _lock(place: Path) -> int | None:
    """Held as long as the process lives; None when someone else holds it or the place is not ours."""
    try:
        lock = os.open(place / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def _sweep_left_behind() -> None:
    """A killed test run leaves 60 MB; the next one clears it. The lock tells it from a run at work."""
    for place in Path(tempfile.gettempdir()).glob(THROW_AWAY + "*"):
        with contextlib.suppress(FileNotFoundError):
            about = place.lstat()
            just_made = time.time() - about.st_mtime < LOCKED_WITHIN_SECONDS
            if just_made or about.st_uid != os.geteuid() or not stat.S_ISDIR(about.st_mode):
                continue
            lock = _lock(place)
            if lock is not None:
                shutil.rmtree(place, ignore_errors=True)
                os.close(lock)
