"""Reading CSV and XLSX as people save them: encodings, separators, and files that are not what they say."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from pathlib import PurePath
from typing import IO, Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from common.errors import FieldError, Invalid
from common.text import has_control_characters, one_line

SNIFF_BYTES = 64 * 1024
MAX_COLUMNS = 200
MAX_UNPACKED = 400 * 1024 * 1024
MAX_ENTRIES = 2000
SEPARATORS = (",", ";", "\t", "|")
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
            first.append(fit(row, len(headers)))
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
    headers = [one_line(cell) for cell in cells]
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
    head = file.read(8)
    ending = PurePath(name).suffix.lower()
    if head.startswith(b"PK\x03\x04"):
        _check_workbook(file)
        return Layout("xlsx")
    if ending in {".xlsx", ".xlsm", ".xls"}:
        message = _("Это не файл Excel (.xlsx), хотя так назван. Сохраните таблицу как .xlsx или CSV.")
        raise wrong_file(message, "not_xlsx")
    file.seek(0)
    sample = file.read(SNIFF_BYTES)
    if not sample.strip():
        raise wrong_file(_("Файл пуст. Первой строкой должны идти названия колонок."), "empty")
    if sample.startswith((b"\x89PNG", b"%PDF", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0")):
        raise wrong_file(_("Это не таблица. Загрузите CSV или XLSX."), "not_table")
    encoding = _encoding(file, sample)
    return Layout("csv", encoding, _separator(sample.decode(encoding, "replace")))


def _encoding(file: IO[bytes], sample: bytes) -> str:
    """UTF-16 and UTF-8 by their marks, UTF-8 when the whole file is, else the Windows code page of Russian Excel."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if _decodes(file, "utf-8-sig"):
        return "utf-8-sig"
    if b"\x00" in sample or not _decodes(file, "cp1251"):
        message = _("Не удалось понять кодировку. Сохраните файл как CSV UTF-8 или XLSX.")
        raise wrong_file(message, "encoding")
    return "cp1251"


def _decodes(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    reader = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        while reader.read(1 << 20):
            continue
    except UnicodeDecodeError:
        return False
    finally:
        reader.detach()
    return True


def _separator(text: str) -> str:
    """The separator that cuts the header into most columns."""
    lines = text.splitlines()
    first = lines[0] if lines else ""
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4]
    counts = {mark: len(next(csv.reader([first], delimiter=mark), [])) for mark in SEPARATORS}
    return max(SEPARATORS, key=lambda mark: counts[mark])


def _check_workbook(file: IO[bytes]) -> None:
    """Refuse what is no workbook, and archives that would unpack into gigabytes, before anything is unpacked."""
    broken = _("Файл Excel повреждён или защищён паролем. Откройте его, сохраните заново как .xlsx и загрузите.")
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise wrong_file(broken, "not_xlsx") from error
    if "xl/workbook.xml" not in names:
        raise wrong_file(_("Это архив, а не таблица Excel. Загрузите CSV или XLSX."), "not_xlsx")
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise wrong_file(_("Таблица слишком велика. Разделите её или сохраните как CSV."), "too_big")


def read_rows(file: IO[bytes], layout: Layout) -> Iterator[list[str]]:
    """The rows as text, header first; empty lines are passed over. Raises Invalid where the file breaks off."""
    file.seek(0)
    rows = _csv_rows(file, layout) if layout.format == "csv" else _xlsx_rows(file)
    for row in rows:
        if any(cell.strip() for cell in row):
            yield row


def _csv_rows(file: IO[bytes], layout: Layout) -> Iterator[list[str]]:
    text = io.TextIOWrapper(file, encoding=layout.encoding, newline="")
    try:
        for index, row in enumerate(csv.reader(text, delimiter=layout.separator)):
            if index == 0 and len(row) <= 2 and row and row[0].lower().startswith("sep="):
                continue
            yield row
    except (csv.Error, UnicodeDecodeError) as error:
        raise wrong_file(_("Файл не читается до конца: %(why)s.") % {"why": str(error)[:120]}, "broken") from error
    finally:
        with suppress(ValueError):  # the file may be closed by now where the reader stopped half-way
            text.detach()


def _xlsx_rows(file: IO[bytes]) -> Iterator[list[str]]:
    broken = _("Файл Excel повреждён или защищён паролем. Откройте его, сохраните заново как .xlsx и загрузите.")
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        if not workbook.sheet_names:
            raise wrong_file(_("В книге нет ни одного листа."), "empty")
        sheet = workbook.get_sheet_by_index(0)
        for row in sheet.iter_rows():
            yield [_cell(value) for value in row]
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise wrong_file(broken, "not_xlsx") from error


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def has_bad_characters(row: list[str]) -> bool:
    return any(has_control_characters(cell) for cell in row)
