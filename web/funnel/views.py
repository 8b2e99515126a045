"""The funnel: agents and clients side by side, every number with its rows; and the same as a file."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.choices import Kind
from common.errors import FieldError, Invalid
from funnel import rollups
from web.funnel import periods
from web.funnel.asking import Asked, ask
from web.funnel.bar import FilterForm
from web.funnel.table import Line, Side, side
from web.pages import is_fragment, page, show
from web.tables import csv_answer


@page("GET")
def funnel_page(request: HttpRequest) -> HttpResponse:
    asked = ask(request)
    context: dict[str, Any] = {
        "asked": asked,
        "bar": FilterForm(asked),
        "kept": asked.period.code if asked.period.code not in {periods.OWN, periods.USUAL} else "",
        "periods": [
            (asked.address(period=code if code != periods.USUAL else "", **{"from": "", "to": ""}), label,
             code == asked.period.code)
            for code, label in periods.READY
        ],
        "sides": sides(asked),
        "as_of": rollups.as_of(),
        "today": timezone.localdate(),
        "export_query": asked.address(),
        "fragment": is_fragment(request),
    }  # fmt: skip
    response = show(request, "funnel/page.html", context, fragment="results")
    if context["fragment"]:
        # A form sends every field; the address keeps only what was asked.
        response["HX-Push-Url"] = f"{request.path}{asked.address()}"
    return response


def sides(asked: Asked) -> list[Side]:
    return [side(asked, kind) for kind in (Kind.AGENT, Kind.CLIENT)]


@page("GET")
def export(request: HttpRequest) -> HttpResponse:
    """The table as CSV. Raises Invalid where a condition was not understood: a file must not say more than asked."""
    asked = ask(request)
    if asked.problems:
        raise Invalid(" ".join(asked.problems), [FieldError("filters", "invalid", text) for text in asked.problems])
    header = [
        _("Воронка"), _("Этап"), _("Вошли"), _("Прошли дальше"), _("Доля, %"), _("Интервал от, %"), _("Интервал до, %"),
        _("Ещё на этапе"), _("Отказ или архив"), _("Дошли до конца"), _("Медиана, ч"), _("Норма, ч"),
        _("Обратные даты"),
    ]  # fmt: skip
    rows = [_cells(found.title, line) for found in sides(asked) for line in found.lines]
    return cast("HttpResponse", csv_answer([header, *rows], f"voronka-{timezone.localdate().isoformat()}"))


def _cells(title: str, line: Line) -> list[object]:
    row, rate = line.row, line.row.onward
    low, high = rate.interval or (None, None)
    shares = [_decimal(value * 100 if value is not None else None) for value in (rate.value, low, high)]
    return [
        title, row.stage.name, row.entered, row.passed, *shares, row.open, row.lost, row.done,
        _decimal(row.median_hours), row.stage.norm_hours or "", row.reversed_dates,
    ]  # fmt: skip


def _decimal(value: float | None) -> str:
    """With a comma, as the bank's spreadsheets read it."""
    return "" if value is None else f"{value:.1f}".replace(".", ",")
