"""The embedded PostgreSQL: one cluster in one directory, reached over loopback TCP with a password."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from runner.binaries import PostgresBinaries
from runner.identity import Identity
from runner.ports import free_port
from runner.postmaster import Adopted, Postmaster, clear_stale
from runner.processes import Child, Program

DATABASE = ROLE = "salescrm"
HANDS = "salescrm_app"
"""A role with no rights but those that ``audit_grants`` gives: the application's, where it owns no table."""
SUPERUSER = "postgres"
START_TRIES = 3
PREFERRED_PORT = 54320

# Throw-away clusters only: a power cut, even a killed machine, loses everything.
UNSAFE_BUT_QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class ServiceFailed(Exception):
    """An embedded service did not come up; the text carries the end of its log."""


@dataclass(frozen=True)
class Cluster:
    data: Path
    log: Path
    binaries: PostgresBinaries
    password: str
    superuser_password: str
    identity: Identity = Identity()
    settings: dict[str, str] = field(default_factory=dict)

    def start(self) -> tuple[Child | Adopted, str]:
        """The running server, started or adopted, and the address of the application's database."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._refuse_other_version()
        running, port = self._adopt() or self._launch()
        try:
            self._prepare(port)
        except psycopg.Error as error:
            running.stop()
            raise ServiceFailed(f"PostgreSQL in {self.data} runs but refuses us: {error}") from error
        return running, f"postgresql://{ROLE}:{self.password}@127.0.0.1:{port}/{DATABASE}"

    def _adopt(self) -> tuple[Adopted, int] | None:
        """A live server is taken over once it answers: one whose runner was just killed is going down."""
        for _ in range(START_TRIES):
            alive = clear_stale(self.data)
            if alive is None:
                return None
            try:
                self._prepare(alive.port or 0)
            except psycopg.OperationalError:
                time.sleep(0.5)
            else:
                port = alive.port or 0
                return Adopted(alive.pid, self.data, self._program(port)), port
        raise ServiceFailed(f"The PostgreSQL that runs in {self.data} does not answer:\n{tail(self.log)}")

    def _create(self) -> None:
        """Built aside and renamed: a start killed half-way leaves no half-made cluster behind."""
        half = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(half, ignore_errors=True)
        self.identity.make_dir(half)
        with tempfile.NamedTemporaryFile("w", dir=half.parent, prefix=".pw", encoding="utf-8") as secret:
            secret.write(self.superuser_password)
            secret.flush()
            self.identity.own(Path(secret.name), 0o600)
            command = [self.binaries.program("initdb"), "-D", str(half), "-U", SUPERUSER]
            command += [f"--pwfile={secret.name}", "--auth=scram-sha-256", "--encoding=UTF8"]
            command += ["--data-checksums", "--no-instructions", *locale_flags(self.binaries.major)]
            command += ["--no-sync"] if self.settings.get("fsync") == "off" else []
            try:
                self.identity.run(command)
            except subprocess.CalledProcessError as error:
                raise ServiceFailed(f"PostgreSQL could not make its cluster:\n{error.stdout}") from error
        half.rename(self.data)

    def _refuse_other_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        if made_by != str(self.binaries.major):
            raise ServiceFailed(
                f"The cluster in {self.data} is of PostgreSQL {made_by}, the programs here are of "
                f"{self.binaries.major}. Dump it with the old version and load it into a new data directory."
            )

    def _launch(self) -> tuple[Child, int]:
        for _ in range(START_TRIES):
            port = free_port(PREFERRED_PORT)
            child = Child(self._program(port))
            if self._wait_until_ready(child):
                return child, port
        raise ServiceFailed(f"PostgreSQL does not start:\n{tail(self.log)}")

    def _program(self, port: int) -> Program:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": "120",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] ",
            **self.settings,
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            command=(self.binaries.program("postgres"), "-D", str(self.data), *flags),
            log=self.log,
            identity=self.identity,
            stop_signal=signal.SIGINT,
            stop_seconds=120,
        )

    def _wait_until_ready(self, child: Child) -> bool:
        """False when it exited, most likely because another process took the port first."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if child.exit_code() is not None:
                return False
            found = Postmaster.read(self.data)
            if found and found.pid == child.pid and found.status == "ready":
                return True
            time.sleep(0.02)
        child.stop()
        return False

    def _prepare(self, port: int) -> None:
        """The application's role, no superuser but owner of its database, free to make test copies."""
        with psycopg.connect(
            host="127.0.0.1",
            port=port,
            user=SUPERUSER,
            password=self.superuser_password,
            dbname="postgres",
            autocommit=True,
            connect_timeout=10,
        ) as connection:
            role, owner = sql.Identifier(ROLE), sql.Identifier(DATABASE)
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                make = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
                connection.execute(make.format(role, sql.Literal(self.password)))
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [HANDS]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN ROLE {}").format(sql.Identifier(HANDS), role))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(owner, role))


def locale_flags(major: int) -> list[str]:
    """Case folding and full text right for Russian without the machine's locales, as far as a version can."""
    builtin_since, full_unicode_since = 17, 18
    if major >= full_unicode_since:
        return ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST", "--locale=C.UTF-8"]
    if major >= builtin_since:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    return ["--locale-provider=icu", "--icu-locale=und", "--locale=C.UTF-8"]


def tail(log: Path, lines: int = 15) -> str:
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"
