"""Where uploaded files are kept, with a way to take back what was written for a deed that is not to be."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO, Any

from django.core.files.storage import FileSystemStorage

_written: ContextVar[list[tuple["Kept", str]] | None] = ContextVar("written_files", default=None)


class Kept(FileSystemStorage):
    """Django's own storage; inside ``taken_back`` it remembers what it wrote."""

    def _save(self, name: str, content: IO[Any]) -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc]
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
