"""Skips a step of the set-up whose inputs have not changed since it last ended well."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(paths: Iterable[Path], *extra: str) -> str:
    """Of names and contents: a fresh clone gives every file a new time, so times would prove nothing."""
    total = hashlib.sha256()
    for text in extra:
        total.update(text.encode() + b"\0")
    for path in sorted(set(paths)):
        total.update(str(path).encode() + b"\0")
        if path.is_file():
            total.update(path.read_bytes())
    return total.hexdigest()


class Stamps:
    """One small file a step. Written after the step, so an interrupted one is done again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def is_fresh(self, step: str, value: str) -> bool:
        try:
            return (self.folder / step).read_text(encoding="ascii") == value
        except OSError:
            return False

    def set(self, step: str, value: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / step).write_text(value, encoding="ascii")

    def clear(self) -> None:
        for stamp in self.folder.glob("*"):
            stamp.unlink()
