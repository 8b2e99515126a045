"""Files are read as people save them, and refused in words when they are no tables."""

import io
import zipfile

import pytest

from common.errors import Invalid
from imports.reading import look_at, read_rows
from tests.imports.desk import csv_bytes, xlsx_bytes

ROWS = [["Имя", "Город"], ["Жасур", "Самарканд"], ["Ёлка", "Ташкент"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_and_separator_gives_the_same_rows(encoding: str, separator: str) -> None:
    file = io.BytesIO(csv_bytes(ROWS, encoding=encoding, separator=separator))
    sheet = look_at("leads.csv", file)
    assert (sheet.headers, sheet.samples, sheet.total) == (ROWS[0], ROWS[1:], 2)
    assert list(read_rows(file, sheet.layout)) == ROWS


def test_a_workbook_gives_the_same_rows_as_a_text_file() -> None:
    sheet = look_at("leads.xlsx", io.BytesIO(xlsx_bytes(ROWS)))
    assert (sheet.headers, sheet.samples, sheet.layout.format) == (ROWS[0], ROWS[1:], "xlsx")


def test_whole_numbers_keep_their_digits_in_a_workbook() -> None:
    sheet = look_at("a.xlsx", io.BytesIO(xlsx_bytes([["Тел"], [998901234567], [1.5]])))
    assert sheet.samples == [["998901234567"], ["1.5"]]


def test_line_breaks_inside_quotes_belong_to_the_cell() -> None:
    sheet = look_at("a.csv", io.BytesIO('Имя,Проблема\nОлим,"долго\nи дорого"\n'.encode()))
    assert sheet.samples == [["Олим", "долго\nи дорого"]]


def _zip(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


BAD = {
    "png_named_xlsx": ("leads.xlsx", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "not_xlsx"),
    "png_named_csv": ("leads.csv", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "not_table"),
    "old_xls": ("leads.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 100, "not_xlsx"),
    "empty": ("leads.csv", b"", "empty"),
    "only_blank": ("leads.csv", b"\n\n  \n", "empty"),
    "header_only": ("leads.csv", "Имя,Телефон\n".encode(), "no_rows"),
    "header_twice": ("leads.csv", "Имя,Имя\na,b\n".encode(), "header_twice"),
    "header_blank": ("leads.csv", "Имя,,Город\na,b,c\n".encode(), "header"),
    "binary": ("leads.csv", b"a,b\n\x98\x00\x98\x00", "encoding"),
    "plain_zip": ("leads.xlsx", _zip(readme=b"x"), "not_xlsx"),
    "cut_off_zip": ("leads.xlsx", xlsx_bytes(ROWS)[:400], "not_xlsx"),
    "bomb": ("leads.xlsx", _zip(xl__workbook_xml=b"<workbook/>", xl__big_xml=b"0" * (401 * 1024 * 1024)), "too_big"),
    "broken_workbook": ("leads.xlsx", _zip(xl__workbook_xml=b"<workbook"), "not_xlsx"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_is_no_table_is_refused_in_words(case: str) -> None:
    name, content, code = BAD[case]
    with pytest.raises(Invalid) as refusal:
        look_at(name, io.BytesIO(content))
    assert refusal.value.errors[0].code == code
    assert len(refusal.value.message) > 20
