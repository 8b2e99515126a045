"""Reading CSV and XLSX as people save them: encodings, separators, and files that are not what they say."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import IO, Any

from django.utils.translation import gettext as _

from common.errors import FieldError, Invalid
from common.text import one_line, without_control_characters
from imports.encodings import SNIFF_BYTES, encoding_of
from imports.workbook import check_workbook, sheet_rows

MAX_COLUMNS = 200
LONGEST_HEADER = 120
SAMPLE = 200
SEPARATORS = (",", ";", "\t", "|")
OTHER_KINDS = (
    b"\x89PNG", b"%PDF", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"MZ\x90",
)  # fmt: skip
_COMPOUND = b"\xd0\xcf\x11\xe0"
csv.field_size_limit(1_000_000)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file is to be read: ``format`` csv or xlsx, and for csv its encoding and separator."""

    format: str
    encoding: str = ""
    separator: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)

    @staticmethod
    def of(data: Mapping[str, Any]) -> "Layout":
        return Layout(data["format"], data.get("encoding", ""), data.get("separator", ""))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the first look found. ``shape`` identifies files of the same make, so that their mapping is remembered."""

    layout: Layout
    headers: list[str]
    samples: list[list[str]]
    total: int
    shape: str


def wrong_file(message: str, code: str = "file") -> Invalid:
    return Invalid(message, [FieldError("file", code, message)])


def look_at(name: str, file: IO[bytes], *, samples: int = 5) -> Sheet:
    """Read the whole file once. Raises Invalid that says what to mend: the kind, the encoding, the headers."""
    layout = _layout(name, file)
    rows = read_rows(file, layout)
    headers = next(rows, None)
    if headers is None or not any(headers):
        raise wrong_file(_("Файл пуст. Первой строкой должны идти названия колонок."), "empty")
    headers = _clean_headers(headers)
    first: list[list[str]] = []
    total = 0
    for row in rows:
        total += 1
        if len(first) < samples:
            first.append([without_control_characters(cell[:SAMPLE]) for cell in fit(row, len(headers))])
    if total == 0:
        raise wrong_file(_("В файле только заголовки. Добавьте строки и загрузите ещё раз."), "no_rows")
    shape = hashlib.sha256("\x1f".join(sorted(h.casefold() for h in headers)).encode()).hexdigest()
    return Sheet(layout, headers, first, total, shape)


def fit(row: list[str], width: int) -> list[str]:
    """A row as long as the header: short ones are filled up, what stands beyond the last header is dropped."""
    return (row + [""] * width)[:width]


def _clean_headers(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    headers = [one_line(without_control_characters(cell))[:LONGEST_HEADER] for cell in cells]
    if len(headers) > MAX_COLUMNS:
        raise wrong_file(_("В файле больше %(limit)s колонок. Оставьте нужные.") % {"limit": MAX_COLUMNS}, "columns")
    if any(not header for header in headers):
        raise wrong_file(_("У одной из колонок нет названия. Подпишите все колонки в первой строке."), "header")
    twice = sorted({h for h in headers if headers.count(h) > 1})
    if twice:
        message = _("Колонка «%(name)s» встречается дважды. Переименуйте одну из них.") % {"name": twice[0][:60]}
        raise wrong_file(message, "header_twice")
    return headers


def _layout(name: str, file: IO[bytes]) -> Layout:
    file.seek(0)
    sample = file.read(SNIFF_BYTES)
    ending = PurePath(name).suffix.lower()
    if sample.startswith(b"PK\x03\x04"):
        check_workbook(file)
        return Layout("xlsx")
    if sample.startswith(_COMPOUND):
        raise _old_or_locked(sample, file)
    if ending in {".xlsx", ".xlsm", ".xls"}:
        message = _("Это не файл Excel (.xlsx), хотя так назван. Сохраните таблицу как .xlsx или CSV.")
        raise wrong_file(message, "not_xlsx")
    if not sample.strip():
        raise wrong_file(_("Файл пуст. Первой строкой должны идти названия колонок."), "empty")
    if sample.startswith(OTHER_KINDS):
        raise wrong_file(_("Это не таблица. Загрузите CSV или XLSX."), "not_table")
    encoding = encoding_of(file)
    return Layout("csv", encoding, _separator(sample.decode(encoding, "ignore")))


def _old_or_locked(sample: bytes, file: IO[bytes]) -> Invalid:
    """Excel keeps its files of before 2007, and those with a password, in one and the same kind of box."""
    file.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in sample + file.read(1 << 20):
        return wrong_file(_("Файл защищён паролем. Снимите пароль в Excel, сохраните и загрузите ещё раз."), "not_xlsx")
    message = _("Это файл старого Excel (.xls). Откройте его и сохраните как .xlsx или CSV.")
    return wrong_file(message, "not_xlsx")


def _separator(text: str) -> str:
    """The separator that cuts the header into most columns."""
    lines = text.splitlines()
    first = lines[0] if lines else ""
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4]
    counts = {mark: len(next(csv.reader([first], delimiter=mark), [])) for mark in SEPARATORS}
    return max(SEPARATORS, key=lambda mark: counts[mark])


def read_rows(file: IO[bytes], layout: Layout) -> Iterator[list[str]]:
    """The rows as text, header first; empty lines are passed over. Raises Invalid where the file breaks off."""
    file.seek(0)
    rows = _csv_rows(file, layout) if layout.format == "csv" else sheet_rows(file)
    return (row for row in rows if any(cell.strip() for cell in row))


def _csv_rows(file: IO[bytes], layout: Layout) -> Iterator[list[str]]:
    """Strict about quotes: one that is never closed would swallow the rows after it without a word."""
    text = io.TextIOWrapper(file, encoding=layout.encoding, newline="")
    reader = csv.reader(text, delimiter=layout.separator, strict=True)
    try:
        first = [cell.removeprefix("\ufeff") for cell in next(reader, [])]
        if not (first and len(first) <= 2 and first[0].lower().startswith("sep=")):
            yield first
        yield from reader
    except (csv.Error, UnicodeDecodeError) as error:
        message = _("Файл не читается дальше строки %(number)s: проверьте в ней кавычки. Исправьте и загрузите снова.")
        raise wrong_file(message % {"number": reader.line_num}, "broken") from error
    finally:
        with suppress(ValueError):  # the file may be closed by now where the reader stopped half-way
            text.detach()
