"""Where uploaded files are kept, with a way to take back what was written for a deed that is not to be."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Any, ClassVar

from django.core.files.storage import FileSystemStorage
from django.utils.translation import gettext as _

from common.errors import Refused

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
FILE_POLICY = "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
"""The content policy of a file that somebody sent: shown by itself, it can do nothing in our pages' name."""

_written: ContextVar[list[tuple["Kept", str]] | None] = ContextVar("written_files", default=None)


class NoRoom(Refused):
    """The disk for files is full: nothing of the file is kept, and nothing that would name it."""

    code: ClassVar[str] = "no_room"
    status: ClassVar[int] = 503
    retry_after: ClassVar[int] = 60


class Kept(FileSystemStorage):
    """Django's own storage; inside ``taken_back`` it remembers what it wrote. It leaves no half of a file."""

    def _save(self, name: str, content: IO[Any]) -> str:
        """Raises NoRoom."""
        ours = not self.exists(name)
        try:
            saved: str = super()._save(name, content)  # type: ignore[misc]
        except OSError as error:
            if error.errno not in _FULL:
                raise
            if ours:
                self.delete(name)
            raise NoRoom(_("На диске нет места для файла. Сообщите администратору и повторите позже.")) from None
        written = _written.get()
        if written is not None:
            written.append((self, saved))
        return saved


@contextmanager
def taken_back(*, always: bool) -> Iterator[None]:
    """Files that are written inside the block are gone after it, ``always`` or where it fails: a transaction that is
    rolled back does not reach them."""
    written: list[tuple[Kept, str]] = []
    token = _written.set(written)
    failed = True
    try:
        yield
        failed = False
    finally:
        _written.reset(token)
        for storage, name in written if always or failed else ():
            storage.delete(name)


def replaced(path: Path, text: str) -> None:
    """Write a file so that a reader finds the old one or the new one, whole, whatever is killed meanwhile."""
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
