"""Rows about a person in the files that were loaded: found by their numbers and by his words, told, blanked.

A row is blanked, not taken out: the numbers of the other rows are what their errors are known by.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell

from audit.redaction import redact
from common import clock
from common.personal import Whom
from common.words import holds_any
from imports.models import RUNNING, Import, ImportRow
from imports.reading import Layout, read_rows

_FIRST = 2
"""The number of the first row under the header, as ``imports.work`` counts them."""


def tell(whom: Whom) -> Iterator[Mapping[str, Any]]:
    """His rows of every file that is still kept."""
    for run, rows in _found(whom):
        for number, cells in rows.items():
            values = dict(zip(run.headers, cells, strict=False))
            yield {"import": run.pk, "file": run.file_name, "loaded_at": run.created_at, "row": number, "cells": values}


def forget(whom: Whom) -> int:
    """Blank his rows. Returns how many. The new file takes the place of the old one before that is deleted."""
    total = 0
    for run, rows in _found(whom):
        total += len(rows)
        _rewrite(run, set(rows))
    return total


def _found(whom: Whom) -> Iterator[tuple[Import, dict[int, list[str]]]]:
    """Reads every kept file once: some seconds a hundred thousand rows. Files at work are passed over; what comes out
    of them is a lead, which an erasure does not leave open."""
    numbers = _numbers(whom)
    for run in Import.objects.exclude(file="").exclude(state__in=RUNNING).order_by("pk").iterator():
        if not run.file.storage.exists(str(run.file.name)):
            continue
        rows = {n: cells for n, cells in _rows(run) if n in numbers.get(run.pk, ()) or _names(cells, whom.words)}
        if rows:
            yield run, rows


def _numbers(whom: Whom) -> dict[Any, set[int]]:
    found: dict[Any, set[int]] = {}
    rows = ImportRow.objects.filter(lead__in=whom.records.get("leads.Lead", ()))
    for run_id, number in rows.values_list("run_id", "number"):
        found.setdefault(run_id, set()).add(number)
    return found


def _names(cells: Iterable[str], words: tuple[str, ...]) -> bool:
    return any(holds_any(cell, words) for cell in cells)


def _rows(run: Import) -> Iterator[tuple[int, list[str]]]:
    with run.file.open("rb") as file:
        rows = read_rows(file, Layout.of(run.layout))
        next(rows, None)
        yield from ((number, row) for number, row in enumerate(rows, start=_FIRST) if any(_worth(row)))


def _worth(row: list[str]) -> Iterator[bool]:
    return (cell not in {"", BLANK} for cell in row)


BLANK = "—"
"""An empty row would not be counted when the file is read, and the numbers after it would shift."""


def _rewrite(run: Import, numbers: set[int]) -> None:
    layout = Layout.of(run.layout)
    with run.file.open("rb") as file:
        content = _workbook(file, layout, numbers) if layout.format == "xlsx" else _table(file, layout, numbers)
    old, storage = str(run.file.name), run.file.storage
    name = storage.save(old, ContentFile(content))
    # The look at the first rows goes whole: it was there for choosing the columns.
    lay = run.layout | {"samples": []}
    Import.objects.filter(pk=run.pk).update(file=name, layout=lay)
    redact(model=Import, object_ids=[run.pk], values={"layout": lay}, reason="erasure", by_id=None, at=clock.now())
    transaction.on_commit(lambda: storage.delete(old))


def _table(file: Any, layout: Layout, numbers: set[int]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=layout.separator)
    for index, row in enumerate(read_rows(file, layout)):
        writer.writerow([BLANK] * len(row) if index + _FIRST - 1 in numbers else row)
    return target.getvalue().encode(layout.encoding, "replace")


def _workbook(file: Any, layout: Layout, numbers: set[int]) -> bytes:
    """A plain book of what a load reads: the first sheet that is not hidden, as text; whatever else was in it goes.

    Written from the rows as they are read and not by changing the book: what both count as a row is then the same,
    however a book hides its sheets, merges cells or fills them with blanks.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for index, row in enumerate(read_rows(file, layout)):
        sheet.append([_text(sheet, cell) for cell in ([BLANK] * len(row) if index + _FIRST - 1 in numbers else row)])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _text(sheet: Any, content: str) -> Cell:
    """Text, also where it looks like a formula or an error."""
    cell = WriteOnlyCell(sheet, content)
    cell.data_type = "s"
    return cell
