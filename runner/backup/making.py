"""Making a backup: the dump and its figures are of one snapshot, the files are read after it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runner.backup import contents
from runner.backup.archive import DUMP, FORMAT, MEDIA, Stored, Writer, writing
from runner.backup.database import Database

ENDING = ".crmbackup"


def make(*, database: Database, media: Path, folder: Path, skipped: tuple[str, ...], at: datetime) -> Path:
    """Write one file into the folder and return where it is.

    A row of the snapshot may point to a file that was deleted before it was read: the manifest names what is missing
    only by leaving it out; whoever loads it compares. Raises Failed, BinaryMissing, OSError.
    """
    target = folder / f"crm-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}{ENDING}"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".dump-") as scratch, writing(target) as writer:
        dump = Path(scratch) / DUMP
        manifest = _dump(database, dump, skipped)
        files = {DUMP: asdict(writer.add(DUMP, dump))}
        files |= {name: asdict(stored) for name, stored in _add_media(writer, media)}
        writer.close({"format": FORMAT, "made_at": at.astimezone(UTC).isoformat(), "files": files, **manifest})
    return target


def _dump(database: Database, dump: Path, skipped: tuple[str, ...]) -> dict[str, Any]:
    with database.connect() as connection:
        contents.make_plain(connection)
        connection.commit()
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        applied = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
        server = connection.info.server_version
        # Of no snapshot, so read on both sides of the dump, and after the snapshot: its ids are all below the first.
        sequences = contents.sequences_of(connection)
        database.dump(dump, snapshot=str(snapshot[0] if snapshot else ""), skipped=skipped, server=server // 10000)
        return {
            "server_version": server,
            "role": database.user,
            "skipped": list(skipped),
            "migrations": [list(row) for row in applied],
            "sequences": sequences,
            "sequences_after": contents.sequences_of(connection),
            "tables": contents.tables_of(connection, skipped=skipped),
        }


def _add_media(writer: Writer, media: Path) -> Iterator[tuple[str, Stored]]:
    for path in sorted(media.rglob("*")) if media.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            name = f"{MEDIA}{path.relative_to(media).as_posix()}"
            try:
                yield name, writer.add(name, path)
            except FileNotFoundError:
                continue  # deleted since the folder was listed
