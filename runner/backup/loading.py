"""Loading a backup into an empty database and an empty folder; everything is checked before anything is written."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, Any

from runner.backup import archive, contents
from runner.backup.archive import DUMP, MEDIA
from runner.backup.database import Database


class Refuses(Exception):
    """Not here, or not by this program; nothing was written. The text says why."""


class Differs(Exception):
    """What was loaded is not what was saved. Nobody may work with it; the text names the tables."""


def demand_empty(*, database: Database, media: Path) -> None:
    """Raises Refuses where something would be written over, or where somebody might see it half done."""
    with database.connect() as connection:
        if not contents.is_empty(connection):
            raise Refuses(f"The database {database.name} is not empty: a backup is loaded into an empty one only")
        if guests := contents.guests_of(connection):
            raise Refuses(f"{guests} others are connected to {database.name}: stop web, worker, beat and relay first")
    if media.is_dir() and any(path.is_file() for path in media.rglob("*")):
        raise Refuses(f"{media} is not empty: uploaded files are loaded into an empty folder only")


def load(*, file: Path, manifest: dict[str, Any], database: Database, media: Path) -> None:
    """The file must have been checked. Raises Failed with nothing loaded; Differs."""
    with database.connect() as connection:
        server = connection.info.server_version // 10000
    if server < manifest["server_version"] // 10000:
        raise Refuses(f"The backup is of PostgreSQL {manifest['server_version'] // 10000}, the server of {server}")
    for name, member in archive.members(file):
        if name == DUMP:
            database.load(member, server=server, grants=manifest["role"] == database.user)
        elif name.startswith(MEDIA):
            _keep(media / name.removeprefix(MEDIA), member)


def compare(*, manifest: dict[str, Any], database: Database) -> int:
    """Rows and digests of every table, and where every sequence stands. Returns how many rows. Raises Differs."""
    with database.connect() as connection:
        contents.make_plain(connection)
        found = contents.tables_of(connection, skipped=manifest["skipped"])
        sequences = contents.sequences_of(connection)
    wrong = contents.differences(manifest["tables"], found)
    low = manifest["sequences"]
    wrong += contents.sequences_astray(low, manifest.get("sequences_after", low), sequences)
    if wrong:
        raise Differs(f"Not as they were saved: {', '.join(wrong)}")
    return sum(int(table["rows"]) for table in found.values())


def _keep(path: Path, content: IO[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".restoring-")
    with os.fdopen(handle, "wb") as out:
        shutil.copyfileobj(content, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())
    Path(temporary).chmod(0o640)
    Path(temporary).replace(path)
