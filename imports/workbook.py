"""XLSX read row by row: memory does not grow with the sheet, and nothing in it is computed, fetched or run.

The archive is checked before it is opened (``common.archives``). The XML is read by expat with every declaration of a
document type refused, so that no entity is ever expanded. What a spreadsheet shows beside the data (styles, widths,
formulas) is passed over: a formula counts by the value that was saved with it.
"""

import re
import zipfile
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from common.archives import BadArchive, Limits, look_into
from common.errors import FieldError, Invalid

LIMITS = Limits(entries=2000, unpacked=400 * 1024 * 1024)
MOST_TEXT = 64 * 1024 * 1024
MOST_CELLS_OF_A_ROW = 1000
PIECE = 64 * 1024
BOOK = "xl/workbook.xml"
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_A_DATE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|General')
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
NO_VALUE = "\ufffc"
"""Stands where a formula was saved without its value: there is nothing to read, and the row says so."""

Row = list[str]


def _wrong(message: str, code: str = "not_xlsx") -> Invalid:
    return Invalid(message, [FieldError("file", code, message)])


def _broken() -> Invalid:
    return _wrong(_("Файл Excel повреждён или защищён паролем. Откройте его, сохраните заново как .xlsx и загрузите."))


def _too_big() -> Invalid:
    return _wrong(_("Таблица слишком велика. Разделите её или сохраните как CSV."), "too_big")


def check_workbook(file: IO[bytes]) -> None:
    """Raises Invalid for what is no plain workbook, and for archives that would unpack into gigabytes."""
    try:
        names = look_into(file, LIMITS)
    except BadArchive as error:
        raise (_too_big() if error.reason in {"too_many", "too_large", "lying"} else _broken()) from error
    if BOOK not in names:
        raise _wrong(_("Это архив, а не таблица Excel. Загрузите CSV или XLSX."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _wrong(_("В книге есть макросы. Сохраните её как .xlsx без них и загрузите."), "macros")


def sheet_rows(file: IO[bytes]) -> Iterator[Row]:
    """Rows of the first sheet that is not hidden. Raises Invalid where the file is broken."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            book = _Book(archive)
            with archive.open(book.sheet) as stream:
                yield from _Sheet(book).rows(stream)
    except (expat.ExpatError, zipfile.BadZipFile, OSError, LookupError, ArithmeticError, ValueError, EOFError) as error:
        raise _broken() from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_declaration(*_args: Any) -> None:
    raise _broken()


def _pass_over(_name: str, _about: dict[str, str]) -> None:
    return


def _parser(start: Any, end: Any = None, text: Any = None) -> Any:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_declaration
    parser.StartElementHandler = start
    if end:
        parser.EndElementHandler = end
    if text:
        parser.CharacterDataHandler = text
    return parser


class _Book:
    """What has to be known before the sheet: which one, the shared texts, which styles are dates."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = set(archive.namelist())
        self.epoch = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no zones
        self._feed("[Content_Types].xml", start=_pass_over)  # a declaration there is refused like everywhere
        self.sheet = self._sheet()
        self.texts = self._texts()
        self.dates = self._dates()

    def _feed(self, name: str, **handlers: Any) -> None:
        if name in self.names:
            with self.archive.open(name) as stream:
                _parser(**handlers).ParseFile(stream)

    def _sheet(self) -> str:
        found: list[str] = []

        def start(name: str, about: dict[str, str]) -> None:
            if _local(name) == "workbookPr" and about.get("date1904") in {"1", "true"}:
                self.epoch = datetime(1904, 1, 1)  # noqa: DTZ001
            if _local(name) == "sheet" and about.get("state", "visible") == "visible":
                found.append(next((about[key] for key in about if _local(key) == "id" and ":" in key), ""))

        self._feed(BOOK, start=start)
        if not found:
            raise _wrong(_("В книге нет ни одного видимого листа с данными."), "empty")
        return self._target(found[0])

    def _target(self, relation: str) -> str:
        targets: dict[str, str] = {}

        def start(name: str, about: dict[str, str]) -> None:
            if _local(name) == "Relationship" and about.get("TargetMode") != "External":
                targets[about.get("Id", "")] = about.get("Target", "")

        self._feed("xl/_rels/workbook.xml.rels", start=start)
        target = targets.get(relation, "worksheets/sheet1.xml")
        return target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def _texts(self) -> list[str]:
        texts: list[str] = []
        state: dict[str, Any] = {"parts": [], "in": False, "phonetic": 0, "size": 0}

        def start(name: str, _about: dict[str, str]) -> None:
            local = _local(name)
            state["in"] = local == "t"
            state["phonetic"] += local == "rPh"
            if local == "si":
                state["parts"] = []

        def end(name: str) -> None:
            local = _local(name)
            state["in"] = False
            state["phonetic"] -= local == "rPh"
            if local == "si":
                texts.append("".join(state["parts"]))

        def text(data: str) -> None:
            if state["in"] and not state["phonetic"]:
                state["parts"].append(data)
                state["size"] += len(data) + 50
                if state["size"] > MOST_TEXT:
                    raise _too_big()

        self._feed("xl/sharedStrings.xml", start=start, end=end, text=text)
        return texts

    def _dates(self) -> list[bool]:
        """For each style, whether a number in it is a date."""
        own: dict[str, bool] = {}
        styles: list[bool] = []
        inside = {"cellXfs": False}

        def start(name: str, about: dict[str, str]) -> None:
            local = _local(name)
            if local == "numFmt":
                own[about.get("numFmtId", "")] = _is_date(about.get("formatCode", ""))
            elif local == "cellXfs":
                inside["cellXfs"] = True
            elif local == "xf" and inside["cellXfs"]:
                number = about.get("numFmtId", "0")
                styles.append(own.get(number, number.isdigit() and int(number) in _BUILT_IN_DATES))

        def end(name: str) -> None:
            if _local(name) == "cellXfs":
                inside["cellXfs"] = False

        self._feed("xl/styles.xml", start=start, end=end)
        return styles


def _is_date(code: str) -> bool:
    return any(mark in "dmyhs" for mark in _NOT_A_DATE.sub("", code).lower())


class _Sheet:
    """The cells of one sheet, handed on as soon as their row is complete."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.ready: deque[Row] = deque()
        self.number = self.place = 0
        self.row: dict[int, str] = {}
        self.kind = self.style = ""
        self.parts: list[str] = []
        self.reading = self.formula = False

    def rows(self, stream: IO[bytes]) -> Iterator[Row]:
        parser = _parser(self.start, self.end, self.parts_append)
        while piece := stream.read(PIECE):
            parser.Parse(piece, False)
            while self.ready:
                yield self.ready.popleft()
        parser.Parse(b"", True)
        yield from self.ready

    def parts_append(self, data: str) -> None:
        if self.reading:
            self.parts.append(data)

    def start(self, name: str, about: dict[str, str]) -> None:
        local = _local(name)
        if local == "c":
            self.kind, self.style = about.get("t", "n"), about.get("s", "")
            self.place = _place(about["r"]) if "r" in about else self.place + 1
            self.parts, self.formula = [], False
            if self.place > MOST_CELLS_OF_A_ROW:
                self.kind = "far"
        elif local in {"v", "t"}:
            self.reading = True
        elif local == "f":
            self.formula = True
        elif local == "row":
            self.number = int(about["r"]) if about.get("r", "").isdigit() else self.number + 1
            self.row, self.place = {}, 0

    def end(self, name: str) -> None:
        local = _local(name)
        if local in {"v", "t"}:
            self.reading = False
        elif local == "c":
            self._keep()
        elif local == "row":
            self._hand_on()

    def _keep(self) -> None:
        text = "".join(self.parts)
        if self.kind == "far":
            if text:
                message = _("В строке %(number)s значения стоят правее тысячной колонки. Уберите лишнее.")
                raise _wrong(message % {"number": self.number}, "columns")
        elif text:
            self.row[self.place] = self._value(text)
        elif self.formula:
            self.row[self.place] = NO_VALUE

    def _hand_on(self) -> None:
        if self.row:
            width = max(self.row)
            self.ready.append([self.row.get(place, "") for place in range(1, width + 1)])

    def _value(self, text: str) -> str:
        if self.kind == "s":
            return self.book.texts[int(text)]
        if self.kind == "b":
            return "да" if text == "1" else "нет"
        if self.kind != "n":
            return text  # inline text, a formula's text, an error such as #REF!, a date in ISO form
        is_date = self.style.isdigit() and int(self.style) < len(self.book.dates) and self.book.dates[int(self.style)]
        return self._moment(text) if is_date else _number(text)

    def _moment(self, text: str) -> str:
        """A serial number as a date. Day 60 of the 1900 calendar is 29.02.1900, which never was: it stays a number."""
        days = float(text)
        old = self.book.epoch.year == 1899
        if not 0 < days < 2_958_466 or (old and 60 <= days < 61):
            return text
        found = self.book.epoch + timedelta(days=days + (1 if old and days < 60 else 0))
        rounded = found + timedelta(microseconds=500_000)
        return rounded.replace(microsecond=0).isoformat(sep=" ")


def _place(reference: str) -> int:
    """``AB12`` → 28."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(reference)
    place = 0
    for letter in match[1]:
        place = place * 26 + ord(letter) - 64
    return place


def _number(text: str) -> str:
    """A whole number keeps all its digits, however the sheet wrote it down."""
    if text.lstrip("-").isdigit():
        return text
    number = float(text)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
