"""What the runner leaves on disk for others to find: addresses, secrets and the lock of the one that runs."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

URL_KEYS = ("database_url", "redis_url")


class AlreadyRunning(Exception):
    """Another runner holds this data directory; `about` is what it wrote of itself."""

    def __init__(self, about: Mapping[str, str]) -> None:
        super().__init__("already running")
        self.about = dict(about)


def services_file(data_dir: Path) -> Path:
    return data_dir / "run" / "services.json"


def read_urls(data_dir: Path) -> dict[str, str]:
    """Addresses of the embedded services, or nothing when none were started here.

    The file outlives a killed runner, so an address may be dead: the next start overwrites it.
    """
    found = read_json(services_file(data_dir))
    return {key: found[key] for key in URL_KEYS if found.get(key)}


def write_urls(data_dir: Path, urls: Mapping[str, str]) -> None:
    write_json(services_file(data_dir), urls)


def forget_urls(data_dir: Path) -> None:
    services_file(data_dir).unlink(missing_ok=True)


def read_json(path: Path) -> dict[str, str]:
    """A flat mapping of strings; a missing, unreadable or half-written file counts as empty."""
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in loaded.items()} if isinstance(loaded, dict) else {}


def write_json(path: Path, content: Mapping[str, str]) -> None:
    """Replace the file in one step: a reader sees the old text or the new one, never half of it.

    Addresses carry passwords, hence 0600 (what mkstemp gives).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(dict(content), file, indent=1, sort_keys=True)
        file.write("\n")
    Path(temporary).replace(path)


def keep_secret(data_dir: Path, name: str) -> str:
    """A secret made once per data directory: the cluster keeps its passwords, sessions outlive a restart."""
    path = data_dir / "secrets.json"
    known = read_json(path)
    if name not in known:
        known[name] = secrets.token_urlsafe(32)
        write_json(path, known)
    return known[name]


@contextlib.contextmanager
def hold(data_dir: Path) -> Iterator[None]:
    """Be the only runner of this data directory; the kernel drops the lock however the process dies."""
    (data_dir / "run").mkdir(parents=True, exist_ok=True)
    lock = os.open(data_dir / "run" / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(read_json(data_dir / "run" / "up.json")) from None
        (data_dir / "run" / "up.json").unlink(missing_ok=True)
        yield
    finally:
        os.close(lock)


def announce(data_dir: Path, *, address: str) -> None:
    """Say where this runner serves, for a second one that finds the lock held."""
    write_json(data_dir / "run" / "up.json", {"pid": str(os.getpid()), "address": address})
