"""The file of a backup: a tar with the database's dump, the uploaded files and a manifest, and after it its own sum.

The sum is of every byte before it, so one that flipped, was lost or was added is found by reading the file once. A
plain ``tar`` opens it too.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

FORMAT = 1
DUMP, MANIFEST, MEDIA = "database.dump", "manifest.json", "media/"
_MARK = b"\nsalescrm-backup-sha256:"
_TAIL = len(_MARK) + 64 + 1
_BLOCK = 1 << 20


class Damaged(Exception):
    """The file is not what was written; the text says what is wrong with it."""


@dataclass(frozen=True)
class Stored:
    size: int
    sha256: str


class Summing(io.RawIOBase):
    """Passes on what is written or read, and sums it up."""

    def __init__(self, inner: IO[bytes]) -> None:
        self.inner, self.sum, self.size = inner, hashlib.sha256(), 0

    def write(self, data: Any) -> int:
        self._add(data)
        return self.inner.write(data)

    def read(self, size: int = -1) -> bytes:
        data = self.inner.read(size)
        self._add(data)
        return data

    def _add(self, data: Any) -> None:
        self.sum.update(data)
        self.size += len(data)

    @property
    def stored(self) -> Stored:
        return Stored(self.size, self.sum.hexdigest())


class Writer:
    def __init__(self, out: IO[bytes]) -> None:
        self._out = Summing(out)
        self._tar = tarfile.open(fileobj=self._out, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, path: Path) -> Stored:
        """Raises FileNotFoundError before anything of it is written."""
        with path.open("rb") as file:
            about = self._tar.gettarinfo(arcname=name, fileobj=file)
            about.uid = about.gid = 0
            about.uname = about.gname = ""
            about.mode = 0o640
            read = Summing(file)
            self._tar.addfile(about, read)
        return read.stored

    def close(self, manifest: dict[str, Any]) -> None:
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size, about.mode = len(text), 0o640
        self._tar.addfile(about, io.BytesIO(text))
        self._tar.close()
        total = self._out.sum.hexdigest()
        self._out.inner.write(_MARK + total.encode() + b"\n")


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A whole file under its name, or none: written beside, synced, renamed. The caller closes the writer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb", buffering=_BLOCK) as file:
            yield Writer(file)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def check(path: Path) -> dict[str, Any]:
    """The manifest of a file that is whole. Raises Damaged, FileNotFoundError."""
    _check_sum(path)
    found: dict[str, Stored] = {}
    manifest: dict[str, Any] = {}
    for name, file in members(path):
        if name == MANIFEST:
            manifest = json.loads(file.read())
            continue
        read = Summing(file)
        while read.read(_BLOCK):
            continue
        found[name] = read.stored
    if manifest.get("format") != FORMAT:
        raise Damaged(f"There is no manifest of format {FORMAT} in it")
    _compare(manifest, found)
    return manifest


def members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The files in it, in their order; each must be read before the next is asked for. Raises Damaged."""
    try:
        with tarfile.open(path, mode="r|") as tar:
            for about in tar:
                file = tar.extractfile(about) if about.isfile() else None
                if file is None or about.name.startswith("/") or ".." in Path(about.name).parts:
                    raise Damaged(f"{about.name!r} does not belong into a backup")
                yield about.name, file
    except (tarfile.TarError, EOFError) as error:
        raise Damaged(f"It cannot be read: {error}") from error


def _check_sum(path: Path) -> None:
    size = path.stat().st_size
    if size <= _TAIL:
        raise Damaged("It is empty or cut off")
    read, left = hashlib.sha256(), size - _TAIL
    with path.open("rb") as file:
        while left:
            block = file.read(min(_BLOCK, left))
            if not block:
                raise Damaged("It became shorter while it was read")
            read.update(block)
            left -= len(block)
        tail = file.read()
    if not tail.startswith(_MARK):
        raise Damaged("Its end is missing: the file is cut off, or is no backup")
    if tail != _MARK + read.hexdigest().encode() + b"\n":
        raise Damaged("Its sum does not fit: at least one byte is not what was written")


def _compare(manifest: dict[str, Any], found: dict[str, Stored]) -> None:
    wanted = {name: Stored(**about) for name, about in manifest["files"].items()}
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            raise Damaged(f"{name} is in its manifest and not in it")
        if name not in wanted:
            raise Damaged(f"{name} is in it and not in its manifest")
        if wanted[name] != found[name]:
            raise Damaged(f"{name} is not what its manifest says")
