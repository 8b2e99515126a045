"""A report as a file: the same figures as on the page, in sheets of plain cells that no spreadsheet would run."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from web.reports.asking import Asked
from web.tables import csv_answer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("xlsx", "csv")
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a file. Counts stay whole numbers, shares and hours fractions; None is an empty cell."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def share(value: float | None) -> float | None:
    """A share of 0..1 as percent with a tenth."""
    return None if value is None else round(value * 100, 1)


def tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def answer(kind: str, sheets: Sequence[Sheet], *, name: str, asked: Asked) -> HttpResponseBase:
    """``kind`` is one of ``FORMATS``. The Excel file says on a sheet of its own what was asked and when."""
    full = f"{name}-{asked.today.isoformat()}"
    return _xlsx([*sheets, _about(asked)], full) if kind == "xlsx" else csv_answer(_lines(sheets), full)


def _about(asked: Asked) -> Sheet:
    taken = f"{timezone.localtime():%d.%m.%Y %H:%M}"
    chips = [(str(chip["label"]), str(chip["text"])) for chip in asked.chips]
    own = [(str(choice.label), dict(asked.pairs[choice.name]).get(asked.own[choice.name], "")) for choice in asked.owns]
    rows = [(_("Период"), asked.period.text), *chips, *own, (_("Выгружено"), taken)]
    return Sheet(_("Условия"), [_("Условие"), _("Значение")], rows)


def _lines(sheets: Sequence[Sheet]) -> Iterator[Sequence[object]]:
    """One table as it is; several with their names, an empty line between."""
    for place, sheet in enumerate(sheets):
        if len(sheets) > 1:
            yield from ([[]] if place else [])
            yield [sheet.title]
        yield sheet.header
        for row in sheet.rows:
            yield [_plain(value) for value in row]


def _plain(value: Cell) -> str:
    """Fractions with a comma, as the bank's spreadsheets read them."""
    if value is None:
        return ""
    return f"{value:.1f}".replace(".", ",") if isinstance(value, float) else str(value)


def _xlsx(sheets: Sequence[Sheet], name: str) -> HttpResponse:
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.title[:31])
        for row in (sheet.header, *sheet.rows):
            page.append([_cell(page, value) for value in row])
    out = BytesIO()
    book.save(out)
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return HttpResponse(out.getvalue(), content_type=XLSX, headers=headers)


def _cell(page: Any, value: Cell) -> Any:
    """Text stays text: «=1+1» in a name must not become a formula."""
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell
