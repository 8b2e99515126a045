"""A person's rows leave the files that were loaded: his alone, and what stays is read as it was read before."""

import io
from typing import Any
from uuid import uuid4

import pytest
from django.test import TestCase
from openpyxl import Workbook, load_workbook

from common.personal import Whom
from imports import forgetting
from imports.models import Import, ImportState
from imports.reading import Layout, read_rows
from tests.imports.bad_files.crafted import line, workbook
from tests.imports.desk import csv_bytes, fresh, take
from tests.office import Office

pytestmark = pytest.mark.django_db
HEAD = ("Имя", "Телефон", "Заметка")
GONE, STAYS = ("Аброр Каримов", "+998 90 765-43-21", "сосед"), ("Олим Р.", "+998901234567", "=1+1")


def hidden_first() -> bytes:
    """What a load passes over stands first: a hidden sheet with the person's name too."""
    book = Workbook()
    for sheet, rows in ((book.active, (HEAD, GONE)), (book.create_sheet("A"), (HEAD, STAYS, GONE))):
        for row in rows:
            sheet.append(row)
    book.worksheets[0].sheet_state = "hidden"
    book.worksheets[1]["C2"].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def merged() -> bytes:
    """A cell merged over another, which a program that changes the book may not write to."""
    after = '<mergeCells><mergeCell ref="B3:C3"/></mergeCells>'
    return workbook(line(1, *HEAD) + line(2, *STAYS) + line(3, *GONE[:2]), after=after)


def blanks_between() -> bytes:
    """A row of nothing but blanks is no row to a load, and must not shift the numbers of those below."""
    return workbook(line(1, *HEAD) + line(2, " ", " ") + line(3, *STAYS) + line(4, *GONE) + line(5, *STAYS))


BOOKS = {
    "hidden.xlsx": hidden_first, "merged.xlsx": merged, "blanks.xlsx": blanks_between,
    "text.csv": lambda: csv_bytes([list(HEAD), list(STAYS), list(GONE), list(STAYS)]),
}  # fmt: skip


def read(run: Import) -> list[list[str]]:
    with run.file.open("rb") as file:
        return list(read_rows(file, Layout.of(run.layout)))


def whom(*words: str) -> Whom:
    return Whom(party_id=uuid4(), records={}, words=words)


@pytest.mark.parametrize("name", BOOKS)
def test_his_rows_are_blanked_and_the_others_are_read_as_before(office: Office, name: str) -> None:
    run = take(office.olim, BOOKS[name](), name)
    Import.objects.filter(pk=run.pk).update(state=ImportState.DONE)
    before = read(run)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert forgetting.forget(whom("+998907654321", "Аброр Каримов")) == 1
    now = fresh(run)
    assert read(now) == [["—"] * len(row) if "Аброр Каримов" in row else row for row in before]
    assert list(forgetting.tell(whom("Аброр Каримов"))) == []
    assert now.file.name != run.file.name
    assert not now.file.storage.exists(run.file.name)


def test_of_a_book_only_the_sheet_that_is_loaded_stays(office: Office) -> None:
    run = take(office.olim, hidden_first(), "hidden.xlsx")
    Import.objects.filter(pk=run.pk).update(state=ImportState.DONE)
    forgetting.forget(whom("Аброр Каримов"))
    with fresh(run).file.open("rb") as file:
        book = load_workbook(io.BytesIO(file.read()))
    assert len(book.sheetnames) == 1
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert "Олим Р." in cells
    assert not any("Аброр" in str(cell) for cell in cells)


def test_the_first_sheet_instead_of_the_first_visible_one_would_keep_what_was_to_go(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the way this was done before leaves the person in the sheet that is read."""

    def first_sheet(file: Any, layout: Layout, numbers: set[int]) -> bytes:
        book = load_workbook(io.BytesIO(file.read()))
        sheet = book.worksheets[0]
        for number in numbers:
            for cell in sheet[number]:
                cell.value = forgetting.BLANK
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    monkeypatch.setattr(forgetting, "_workbook", first_sheet)
    run = take(office.olim, hidden_first(), "hidden.xlsx")
    Import.objects.filter(pk=run.pk).update(state=ImportState.DONE)
    forgetting.forget(whom("Аброр Каримов"))
    assert [row["row"] for row in forgetting.tell(whom("Аброр Каримов"))] == [3]
