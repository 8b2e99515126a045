"""A zip from outside, looked at before anything opens it: how many entries, how large, and whether it lies about that.

Nothing is unpacked to the disk, and never more than a piece at a time: an archive that would unpack into gigabytes is
refused at the first byte over its limit, however small it says it is.
"""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

PIECE = 64 * 1024
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_COMMENT = 0xFFFF
_ENTRY_BYTES = 320  # a generous line of the directory: 46 bytes, the name, extra fields
_SYMLINK = 0o120000
_FIRST_64 = 20  # bytes of the locator, which stands right before the end record


class BadArchive(Exception):
    """``reason`` is one of: broken, encrypted, too_many, too_large, lying, unsafe_name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    entries: int
    unpacked: int
    """Bytes of all entries together."""


def look_into(file: IO[bytes], limits: Limits) -> list[str]:
    """Names of the entries of a harmless archive. Raises BadArchive. Costs one unpacking, a piece at a time."""
    if _directory_size(file) > limits.entries * _ENTRY_BYTES:
        raise BadArchive("too_many")
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise BadArchive("broken") from error
    if len(entries) > limits.entries:
        raise BadArchive("too_many")
    if sum(entry.file_size for entry in entries) > limits.unpacked:
        raise BadArchive("too_large")
    for entry in entries:
        _check_entry(entry)
    for entry in entries:
        _unpack_and_forget(file, entry)
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):  # two readers might take two different ones
        raise BadArchive("unsafe_name")
    return names


def _directory_size(file: IO[bytes]) -> int:
    """Bytes of the list of entries, read from the archive's end: the list itself may be the attack."""
    size = file.seek(0, 2)
    start = max(0, size - _COMMENT - 22 - _FIRST_64)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + 22 > len(tail):
        raise BadArchive("broken")
    found = int(struct.unpack_from("<I", tail, at + 12)[0])
    locator = at - _FIRST_64
    if locator < 0 or tail[locator : locator + 4] != _LOCATOR_64:
        return found
    (where,) = struct.unpack_from("<Q", tail, locator + 8)
    if where + 56 > size:
        raise BadArchive("broken")
    file.seek(where)
    record = file.read(56)
    if record[:4] != _END_64:
        raise BadArchive("broken")
    return int(struct.unpack_from("<Q", record, 40)[0])


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        raise BadArchive("encrypted")
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (entry.external_attr >> 16) & 0o170000 == _SYMLINK:
        raise BadArchive("unsafe_name")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BadArchive("broken")


def _unpack_and_forget(file: IO[bytes], entry: zipfile.ZipInfo) -> None:
    """Whether an entry is as large as it says. Readers that trust the list stop there; others would go on."""
    file.seek(entry.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise BadArchive("broken")
    name, extra = struct.unpack_from("<HH", header, 26)
    file.seek(name + extra, 1)
    if entry.compress_type == zipfile.ZIP_STORED:
        if entry.compress_size != entry.file_size:
            raise BadArchive("lying")
        return
    left, unpacker, seen = entry.compress_size, zlib.decompressobj(-zlib.MAX_WBITS), 0
    try:
        while left > 0 and not unpacker.eof:
            piece = file.read(min(PIECE, left))
            if not piece:
                raise BadArchive("broken")
            left -= len(piece)
            while piece and not unpacker.eof:
                seen += len(unpacker.decompress(piece, PIECE))
                piece = unpacker.unconsumed_tail
                if seen > entry.file_size:
                    raise BadArchive("lying")
    except zlib.error as error:
        raise BadArchive("broken") from error
    seen += len(unpacker.flush())
    if seen != entry.file_size or not unpacker.eof:
        raise BadArchive("lying")
