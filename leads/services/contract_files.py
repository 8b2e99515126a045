"""The files of contracts: which are taken, and how they are handed out.

A file is written before its transaction ends, so a refused deed leaves it behind.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath

from django.core.files import File
from django.core.files.storage import Storage
from django.utils.translation import gettext as _

from common.archives import BadArchive, Limits, look_into
from common.errors import NotFound
from common.scanning import demand_clean
from leads.models import Contract
from leads.services.fact_rows import wrong

FOLDER = "contracts"
TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
OTHER_TYPE = "application/octet-stream"
FILE_TYPES = {
    ".pdf": b"%PDF",
    ".docx": b"PK\x03\x04",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG",
}
FILE_LIMIT = 20 * 1024 * 1024
_PACKED = Limits(entries=2000, unpacked=200 * 1024 * 1024)


def check_file(file: "File[bytes]") -> None:
    """The name's ending, the first bytes, the size and the antivirus must agree. Raises Invalid."""
    ending = PurePath(file.name or "").suffix.lower()
    head = file.read(8)
    file.seek(0)
    if ending not in FILE_TYPES or not head.startswith(FILE_TYPES[ending]):
        raise wrong("file", _("Приложите PDF, DOCX, JPG или PNG: файл другого вида не принимается."), "type")
    if (file.size or 0) > FILE_LIMIT:
        raise wrong("file", _("Файл больше 20 МБ. Сожмите его или разделите."), "size")
    if ending == ".docx":
        _check_packed(file)
    demand_clean(file)


def _check_packed(file: "File[bytes]") -> None:
    """We never open it; whoever downloads it does, and must not be handed a bomb."""
    try:
        look_into(file, _PACKED)
    except BadArchive as error:
        message = _("Документ повреждён или упакован необычно. Сохраните его в Word заново.")
        raise wrong("file", message, "type") from error
    file.seek(0)


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
