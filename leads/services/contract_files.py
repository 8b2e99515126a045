"""The files of contracts. A file is written before its transaction ends, so a refused deed leaves it behind."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath

from django.core.files import File
from django.core.files.storage import Storage
from django.utils.translation import gettext as _

from common.errors import NotFound
from leads.models import Contract

FOLDER = "contracts"
TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
OTHER_TYPE = "application/octet-stream"


def open_file(contract: Contract) -> "tuple[File[bytes], str]":
    """The file and its media type. Raises NotFound where none was attached, or it is gone from the storage."""
    if not contract.file or not contract.file.storage.exists(str(contract.file.name)):
        raise NotFound(_("Файла нет."))
    ending = PurePath(contract.file_name).suffix.lower()
    return contract.file.open("rb"), TYPES.get(ending, OTHER_TYPE)


def sweep_files(*, before: datetime) -> int:
    """Delete files that no contract names and that were written before a moment. Returns how many.

    Leave a day or so: the contract of a file written just now may not be committed yet.
    """
    storage = Contract._meta.get_field("file").storage
    swept = 0
    for folder, names in _folders(storage, FOLDER):
        old = {path for name in names if storage.get_modified_time(path := f"{folder}/{name}") < before}
        kept = set(Contract.objects.filter(file__in=old).values_list("file", flat=True))
        for path in old - kept:
            storage.delete(path)
            swept += 1
    return swept


def _folders(storage: Storage, folder: str) -> Iterator[tuple[str, list[str]]]:
    """Each folder with its files. They stand by month, so one query asks about a month's files."""
    try:
        inner, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield folder, names
    for name in inner:
        yield from _folders(storage, f"{folder}/{name}")
