"""Workbooks and archives that no program would save: made byte by byte, never kept as files."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

MEGABYTE = 1024 * 1024
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_LINKS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="worksheets/sheet2.xml"/>'
    "</Relationships>"
)
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def book(about: str = "", sheets: str = '<sheet name="A" sheetId="1" r:id="rId1"/>') -> str:
    return (
        f'<?xml version="1.0"?><workbook xmlns="{_SPREADSHEET}" xmlns:r="{_RELATIONS}">'
        f"{about}<sheets>{sheets}</sheets></workbook>"
    )


def sheet(rows: str, before: str = "", after: str = "") -> str:
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{_SPREADSHEET}">{before}<sheetData>{rows}</sheetData>{after}'
        "</worksheet>"
    )


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def line(number: int, *texts: str, about: str = "") -> str:
    cells = "".join(text_cell(f"{chr(65 + place)}{number}", text) for place, text in enumerate(texts) if text)
    return f'<row r="{number}"{about}>{cells}</row>'


def workbook(rows: str = "", *, parts: Mapping[str, str] | None = None, **around: str) -> bytes:
    """A workbook of one sheet; ``parts`` replace its own or come on top."""
    own = {
        "[Content_Types].xml": _TYPES,
        "xl/workbook.xml": book(),
        "xl/_rels/workbook.xml.rels": _LINKS,
        "xl/worksheets/sheet1.xml": sheet(rows, **around),
    }
    return packed({**own, **(parts or {})})


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def bomb(size: int, names: Sequence[str] = ("xl/worksheets/sheet1.xml",)) -> bytes:
    """Zeros by the gigabyte in some kilobytes: every name points at the same compressed piece."""
    return archive_of([(name, size, None) for name in names], size)


def lying(size: int, said: int) -> bytes:
    """One entry that says it is small, and whose checksum fits what it says."""
    return archive_of([("xl/worksheets/sheet1.xml", said, zlib.crc32(b"0" * said))], size)


def archive_of(entries: Sequence[tuple[str, int, int | None]], size: int) -> bytes:
    """An honest workbook's list, and besides entries (name, declared size, declared checksum) over one piece."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    left, checksum, squeezed = size, 0, []
    block = b"0" * MEGABYTE
    while left > 0:
        piece = block[: min(left, MEGABYTE)]
        squeezed.append(packer.compress(piece))
        checksum, left = zlib.crc32(piece, checksum), left - len(piece)
    squeezed.append(packer.flush())
    body = b"".join(squeezed)
    out, directory = io.BytesIO(), b""
    with_book = [("xl/workbook.xml", book().encode())]
    for name, content in with_book:
        directory += _stored(out, name, content)
    for name, declared, crc in entries:
        where = out.tell()
        head = _header(name, crc if crc is not None else checksum, len(body), min(declared, 0xFFFFFFFE), 8)
        directory += _listed(name, head, where)
        out.write(b"PK\x03\x04" + head + name.encode() + body)
    return _closed(out, directory, len(with_book) + len(entries))


def many_entries(count: int) -> bytes:
    """A list of so many empty entries."""
    out = io.BytesIO()
    directory = b"".join(_stored(out, f"x/{number}", b"") for number in range(count))
    return _closed(out, directory, min(count, 0xFFFF))


def _header(name: str, crc: int, packed_size: int, size: int, method: int) -> bytes:
    return struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 33, crc, packed_size, size, len(name.encode()), 0)


def _stored(out: io.BytesIO, name: str, content: bytes) -> bytes:
    where = out.tell()
    head = _header(name, zlib.crc32(content), len(content), len(content), 0)
    out.write(b"PK\x03\x04" + head + name.encode() + content)
    return _listed(name, head, where)


def _listed(name: str, head: bytes, where: int) -> bytes:
    return b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, where) + name.encode()


def _closed(out: io.BytesIO, directory: bytes, count: int) -> bytes:
    start = out.tell()
    out.write(directory)
    out.write(b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), start, 0))
    return out.getvalue()


def linked(target: str) -> bytes:
    """A workbook with an entry that is a symbolic link."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", book())
        entry = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, target)
    return out.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + f'<!ENTITY z "&j;">]><sst xmlns="{_SPREADSHEET}"><si><t>&z;</t></si></sst>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    f'<sst xmlns="{_SPREADSHEET}"><si><t>&secret;</t></si></sst>'
)
DECLARED_TYPES = _TYPES.replace("<Types xmlns", '<!DOCTYPE Types [<!ENTITY a "b">]><Types xmlns', 1)
