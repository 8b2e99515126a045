"""The bad files: what each is, and what is to come of it. Rows are «Код, Имя, Телефон» unless a case says otherwise."""

# ruff: noqa: E501 - a table: one bad file a line reads better than four

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.imports.bad_files import crafted
from tests.imports.bad_files.crafted import line, workbook
from tests.imports.desk import csv_bytes, xlsx_bytes

HEAD = ["Код", "Имя", "Телефон"]
OLIM = ["A-1", "Олим Р.", "+998 90 123 45 67"]
IRINA = ["A-2", "Ирина К.", "+998 93 765 43 21"]
FIELDS = {
    "Код": "external_id", "Имя": "name", "Телефон": "phone", "ИНН": "tax_id", "Сумма": "amount", "Агент": "agent",
    "Дата": "history.contact", "Проблема": "problem", "Почта": "email", "Сегмент": "segment", "Подсегмент": "subsegment",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refused:
    """The file is turned away at the door, with these words."""

    words: str
    status: int = 422


@dataclass(frozen=True, slots=True)
class Loaded:
    """The file is taken: these names go in, these rows do not (number → code of the error)."""

    names: tuple[str, ...]
    wrong: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadFile:
    number: int
    says: str
    make: Callable[[], bytes]
    outcome: Refused | Loaded
    name: str = "leads.csv"


def table(*rows: list[str], head: list[str] = HEAD, encoding: str = "utf-8", mark: str = ",") -> Callable[[], bytes]:
    return lambda: csv_bytes([head, *rows], encoding=encoding, separator=mark)


def excel(*rows: list[object], head: list[str] = HEAD) -> Callable[[], bytes]:
    return lambda: xlsx_bytes([head, *rows])


def raw(text: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: text.encode(encoding)


BOTH = Loaded(("Ирина К.", "Олим Р."))
ONE = Loaded(("Олим Р.",), {3: "invalid"})
XLSX = "leads.xlsx"
FIRST = line(1, *HEAD) + line(2, *OLIM)
_CALC = '<c r="B3"><f>A1</f></c>'


def _bytes_of(rows: list[bytes]) -> Callable[[], bytes]:
    return lambda: b"\r\n".join(rows)


def _styled_to_the_end() -> bytes:
    rows = "".join(f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/></row>' for n in range(3, 1_048_577))
    return workbook(line(1, *HEAD) + line(2, *OLIM) + rows)


def _dates(style: str, about: str = "", number: str = "45292") -> bytes:
    styles = (
        '<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="{style}"/></cellXfs></styleSheet>'
    )
    row = line(2, *OLIM).replace("</row>", f'<c r="D2" s="1"><v>{number}</v></c></row>')
    return workbook(
        line(1, *HEAD, "Дата") + row, parts={"xl/styles.xml": styles, "xl/workbook.xml": crafted.book(about)}
    )


def _hidden_sheet() -> bytes:
    sheets = '<sheet name="S" sheetId="1" state="hidden" r:id="rId1"/><sheet name="A" sheetId="2" r:id="rId2"/>'
    parts = {
        "xl/workbook.xml": crafted.book(sheets=sheets),
        "xl/worksheets/sheet2.xml": crafted.sheet(line(1, *HEAD) + line(2, *OLIM, about=' hidden="1"')),
    }
    return workbook(line(1, *HEAD) + line(2, "S-1", "Скрытый", "+998901110000"), parts=parts)


def _compound(inside: bytes) -> Callable[[], bytes]:
    return lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + inside + b"\0" * 1024


def _text(*lines: str) -> str:
    return "\n".join(lines) + "\n"


WITH_DATE, WITH_SUM, WITH_TAX = [*HEAD, "Дата"], [*HEAD, "Сумма"], [*HEAD, "ИНН"]
WITH_AGENT, WITH_PROBLEM = [*HEAD, "Агент"], [*HEAD, "Проблема"]
BROKEN, NOT_EXCEL, TOO_BIG = Refused("повреждён"), Refused("Это не файл Excel"), Refused("слишком велика")
FORMULAS = ('=HYPERLINK("http://a")', "+1", "-1", "@SUM(A1)", "＝1+1", "=cmd|' /C calc'!A0")

FILES = [
    BadFile(1, "an empty file", raw(""), Refused("пуст")),
    BadFile(2, "a header and nothing else", raw("Код,Имя,Телефон\n"), Refused("только заголовки")),
    BadFile(3, "a picture named as a workbook", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, NOT_EXCEL, XLSX),
    BadFile(3, "a picture named as a table", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, Refused("не таблица")),
    BadFile(4, "a workbook of old Excel", _compound(b"Workbook"), Refused("старого Excel"), "leads.xls"),
    BadFile(5, "a workbook with macros", lambda: workbook(FIRST, parts={"xl/vbaProject.bin": "x"}), Refused("макросы"),
            "leads.xlsm"),
    BadFile(6, "a workbook with a password", _compound("EncryptedPackage".encode("utf-16-le")), Refused("паролем"), XLSX),
    BadFile(7, "a workbook that breaks off", lambda: workbook(FIRST)[:400], BROKEN, XLSX),
    BadFile(8, "an archive without a workbook", lambda: crafted.packed({"readme.txt": "x"}), Refused("архив"), XLSX),
    BadFile(9, "a bomb of 4 GB", lambda: crafted.bomb(42 * crafted.MEGABYTE, [f"x{n}" for n in range(100)]), TOO_BIG, XLSX),
    BadFile(10, "an entry that lies about its size", lambda: crafted.lying(900 * crafted.MEGABYTE, 1000), TOO_BIG, XLSX),
    BadFile(11, "an archive of 100,000 entries", lambda: crafted.many_entries(100_000), TOO_BIG, XLSX),
    BadFile(12, "an entry that climbs out", lambda: workbook(FIRST, parts={"../../x": "x"}), BROKEN, XLSX),
    BadFile(13, "an entry that is a link", lambda: crafted.linked("/etc/passwd"), BROKEN, XLSX),
    BadFile(14, "a billion laughs", lambda: workbook(FIRST, parts={"xl/sharedStrings.xml": crafted.LAUGHS}), BROKEN, XLSX),
    BadFile(15, "an entity from outside", lambda: workbook(FIRST, parts={"xl/sharedStrings.xml": crafted.OUTSIDE}), BROKEN,
            XLSX),
    BadFile(16, "a declaration in the types",
            lambda: workbook(FIRST, parts={"[Content_Types].xml": crafted.DECLARED_TYPES}), BROKEN, XLSX),
    BadFile(17, "a sheet that says it is boundless",
            lambda: workbook(FIRST, before='<dimension ref="A1:XFD1048576"/>'), Loaded(("Олим Р.",)), XLSX),
    BadFile(17, "two cells at the far corners",
            lambda: workbook(FIRST + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), Refused("тысячной"), XLSX),
    BadFile(18, "a million empty styled rows", _styled_to_the_end, Loaded(("Олим Р.",)), XLSX),
    BadFile(19, "cells merged over the data",
            lambda: workbook(FIRST + line(3, "A-2"), after='<mergeCells><mergeCell ref="A3:C3"/></mergeCells>'),
            Loaded(("Олим Р.",), {3: "required"}), XLSX),
    BadFile(20, "a hidden sheet before the one that is seen", _hidden_sheet, Loaded(("Олим Р.",)), XLSX),
    BadFile(21, "a formula without its value",
            lambda: workbook(FIRST + f'<row r="3">{crafted.text_cell("A3", "A-2")}{_CALC}</row>'),
            Loaded(("Олим Р.",), {3: "formula"}), XLSX),
    BadFile(22, "errors of Excel for values", table(OLIM, ["A-2", "#REF!", "#N/A"]),
            Loaded(("Олим Р.",), {3: "excel_error"})),
    BadFile(23, "a date as a serial number", lambda: _dates("14"), Loaded(("Олим Р.",)), XLSX),
    BadFile(23, "a date counted from 1904", lambda: _dates("14", '<workbookPr date1904="1"/>', "43830"),
            Loaded(("Олим Р.",)), XLSX),
    BadFile(23, "the 29th of February 1900", lambda: _dates("14", number="60"), Loaded((), {2: "date"}), XLSX),
    BadFile(24, "days that never were",
            table([*OLIM, "01.02.2026"], *([f"B-{n}", "Кто", f"+99890111000{n}", day] for n, day in enumerate(
                ("31.02.2026", "02/03/26", "01.01.0001", "9999-12-31", "вчера")))
                , head=WITH_DATE),
            Loaded(("Олим Р.",), dict.fromkeys(range(3, 8), "date"))),
    BadFile(25, "a phone that Excel shortened", table(OLIM, ["A-2", "Ирина К.", "9.98901E+11"]),
            Loaded(("Олим Р.",), {3: "shortened"})),
    BadFile(25, "a phone kept as a number", lambda: workbook(line(1, *HEAD) + line(2, *OLIM[:2]).replace(
        "</row>", '<c r="C2"><v>9.98901234567E11</v></c></row>')), Loaded(("Олим Р.",)), XLSX),
    BadFile(26, "a tax number without its zeros", table([*OLIM, "207123456"], [*IRINA, "71234"], head=WITH_TAX),
            Loaded(("Олим Р.",), {3: "invalid"})),
    BadFile(27, "sums as people write them",
            table(*([f"C-{n}", f"Сумма {n}", f"+99890111000{n}", text] for n, text in enumerate(
                ("1\u00a0234,56", "1\u202f234,56", "1.234,56", "1,234.56"))), head=WITH_SUM, mark=";"),
            Loaded(tuple(f"Сумма {n}" for n in range(4)))),
    BadFile(28, "sums that are none",
            table([*OLIM, "5"], *([f"D-{n}", "Кто", f"+99890111000{n}", text] for n, text in enumerate(
                ("-5", "9" * 20, "NaN", "1e400", "Infinity"))), head=WITH_SUM),
            Loaded(("Олим Р.",), {3: "range", 4: "range", 5: "number", 6: "number", 7: "number"})),
    BadFile(29, "Windows letters", table(OLIM, IRINA, encoding="cp1251", mark=";"), BOTH),
    BadFile(30, "KOI-8 letters", table(OLIM, IRINA, encoding="koi8-r"), BOTH),
    BadFile(31, "DOS letters", table(OLIM, IRINA, encoding="cp866"), BOTH),
    BadFile(32, "a mark before the first header", table(OLIM, IRINA, encoding="utf-8-sig"), BOTH),
    BadFile(33, "wide letters, low byte first", table(OLIM, IRINA, encoding="utf-16-le", mark="\t"), BOTH),
    BadFile(33, "wide letters, high byte first", table(OLIM, IRINA, encoding="utf-16-be", mark="\t"), BOTH),
    BadFile(34, "two encodings in one file",
            _bytes_of([",".join(HEAD).encode(), ",".join(OLIM).encode(), ",".join(IRINA).encode("cp1251")]),
            Refused("строка 3")),
    BadFile(35, "a byte that is not UTF-8",
            _bytes_of([",".join(HEAD).encode(), ",".join(OLIM).encode() + b"\xff", ",".join(IRINA).encode()]),
            Refused("строка 2")),
    BadFile(36, "a NUL in a cell", table(OLIM, ["A-2", "Ири\0на", IRINA[2]]),
            Loaded(("Олим Р.",), {3: "control_characters"})),
    BadFile(37, "half a character", lambda: table(OLIM)() + b"\r\nA-2,\xed\xa0\x80,+998937654321", Refused("строка 3")),
    BadFile(37, "text that turns around", table(OLIM, ["A-2", "\u202eанирИ", IRINA[2]]),
            Loaded(("Олим Р.",), {3: "control_characters"})),
    BadFile(37, "signs that nobody sees", table(["A-1\u200b", "О\u200bлим Р.\ufeff", OLIM[2]]), Loaded(("Олим Р.",))),
    BadFile(37, "a Russian letter in a Latin number", table(OLIM, ["А-2C", *IRINA[1:]]),
            Loaded(("Олим Р.",), {3: "mixed_letters"})),
    BadFile(38, "semicolons", table(OLIM, IRINA, mark=";"), BOTH),
    BadFile(38, "tabs", table(OLIM, IRINA, mark="\t"), BOTH),
    BadFile(38, "bars", table(OLIM, IRINA, mark="|"), BOTH),
    BadFile(38, "a line that names the separator", lambda: b"sep=;\r\n" + table(OLIM, IRINA, mark=";")(), BOTH),
    BadFile(39, "a quote that swallows the file", raw(_text("Код,Имя,Телефон", 'A-1,"Олим,+998901234567', "A-2,Б,90")),
            Refused("кавычки")),
    BadFile(40, "line breaks inside quotes", raw('Код,Имя,Телефон,Проблема\r\nA-1,Олим Р.,+998901234567,"долго\nи дорого"\r'),
            Loaded(("Олим Р.",))),
    BadFile(40, "returns for line breaks", raw("\r".join(",".join(row) for row in (HEAD, OLIM, IRINA))), BOTH),
    BadFile(40, "every kind of line break", raw(f"{','.join(HEAD)}\n{','.join(OLIM)}\r\n{','.join(IRINA)}\r"), BOTH),
    BadFile(41, "a cell of 200 kB", table([*OLIM, "ok"], [*IRINA, "x" * 200_000], head=WITH_PROBLEM),
            Loaded(("Олим Р.",), {3: "too_long"})),
    BadFile(42, "a row longer than the header", table(OLIM, [*IRINA, "лишнее"]),
            Loaded(("Олим Р.",), {3: "too_many_cells"})),
    BadFile(42, "a row shorter than the header", table(OLIM, ["A-2"]), Loaded(("Олим Р.",), {3: "required"})),
    BadFile(43, "a header twice", raw("Имя,Имя\nа,б\n"), Refused("дважды")),
    BadFile(43, "a header without words", raw("Имя,,Код\nа,б,в\n"), Refused("нет названия")),
    BadFile(43, "headers in another order, and one that nobody knows",
            table(["+998901234567", "?", "Олим Р.", "A-1"], head=["Телефон", "Погода", "Имя", "Код"]), Loaded(("Олим Р.",))),
    BadFile(44, "an external number twice", table(OLIM, ["A-1", *IRINA[1:]]), Loaded(("Олим Р.",), {3: "repeated"})),
    BadFile(45, "a number that another team owns", table(OLIM, ["S-1", "Кто", "+998900000001"]),
            Loaded(("Олим Р.",), {3: "duplicate"})),
    BadFile(46, "an agent that is not there, and one out of sight",
            table([*OLIM, ""], [*IRINA, "Никто"], ["A-3", "Кто", "+998901110003", "Чужой агент"], head=WITH_AGENT),
            Loaded(("Олим Р.",), {3: "unknown_name", 4: "unknown_name"})),
    BadFile(47, "one who is his own agent, and a segment inside itself",
            table([*OLIM, "Олим Р.", "", ""], [*IRINA, "", "Круг", "Круг"], head=[*WITH_AGENT, "Сегмент", "Подсегмент"]),
            Loaded((), {2: "unknown_name", 3: "unknown_name"})),
    BadFile(48, "formulas for names",
            raw(_text(";".join(HEAD), *(f'F-{n};"{text.replace(chr(34), chr(34) * 2)}";+99890111000{n}'
                                        for n, text in enumerate(FORMULAS)))),
            Loaded(FORMULAS)),
    BadFile(49, "scripts and templates for names", table(["A-1", "<script>alert(1)</script>", OLIM[2]],
                                                        ["A-2", "{{7*7}}", IRINA[2]]),
            Loaded(("<script>alert(1)</script>", "{{7*7}}"))),
    *(BadFile(50, f"a file called {says}", table(OLIM), Loaded(("Олим Р.",)), name) for says, name in (
        ("as a way out", "../../etc/x.csv"), ("by 300 characters", "x" * 300 + ".csv"), ("from right to left", "\u202evsc.csv"),
        ("as a device", "CON"), ("by a hidden end", "a\0.csv"))),
    BadFile(57, "two rows that differ in case and spaces",
            table(OLIM, ["a-1 ", "олим р.", "+998901110009"]), Loaded(("Олим Р.",), {3: "repeated"})),
    BadFile(57, "names that differ in ё and apostrophes under one phone",
            table(["A-1", "Пётр Oʻktam", OLIM[2]], ["A-2", "Петр O’ktam", OLIM[2]]),
            Loaded(("Пётр Oʻktam",), {3: "duplicate"})),
    BadFile(59, "a contact of tomorrow", table([*OLIM, "01.02.2026"], [*IRINA, "2099-01-01"],
                                               head=WITH_DATE), Loaded(("Олим Р.",), {3: "future"})),
]  # fmt: skip
