"""The frame of every report: tabs, periods, one bar of conditions, as of when, files. A page brings its own middle.

A view of a report is three lines::

    asked = ask(request, BY_WEEK)
    found = cohorts(asked)
    return report(request, "reports/cohorts.html", asked, {"found": found}, sheets=lambda: sheets(found))

and its template fills the block ``report``::

    {% extends frame.base %}{% load i18n %}
    {% block report %}{% panel _("Когорты") %}…{% endpanel %}{% endblock %}
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from common.errors import FieldError, Invalid
from funnel import rollups
from web.pages import is_fragment
from web.reports import files, periods
from web.reports.asking import LABELS, Asked
from web.reports.bar import FilterForm
from web.reports.files import Sheet
from web.ui.shell import address

# Each stands in the tabs as soon as its page has an address.
REPORTS = (
    ("overview", gettext_lazy("Обзор")),
    ("funnel", gettext_lazy("Воронка")),
    ("cohorts", gettext_lazy("Когорты")),
    ("time", gettext_lazy("Время на этапе")),
    ("matrix", gettext_lazy("Сегмент × УТП")),
    ("compare", gettext_lazy("Сравнение")),
    ("plan", gettext_lazy("План и темп")),
    ("forecast", gettext_lazy("Прогноз")),
    ("speed", gettext_lazy("Скорость")),
    ("overdue", gettext_lazy("Просрочки")),
    ("load", gettext_lazy("Нагрузка")),
    ("meetings", gettext_lazy("Встречи")),
    ("quality", gettext_lazy("База")),
)
Link = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Frame:
    """What ``reports/frame.html`` draws around a report."""

    asked: Asked
    bar: FilterForm
    name: str
    title: str
    base: str
    fragment: bool
    as_of: datetime | None
    stale: bool
    tables: bool
    twins: bool
    files: bool
    uses: Sequence[str] = tuple(LABELS)

    @property
    def dated(self) -> bool:
        return "period" in self.uses

    @property
    def idle(self) -> str:
        """Conditions in force that change nothing on this page: said, so that nobody reads them into its figures."""
        return ", ".join(str(LABELS[name]) for name in self.asked.chosen if name not in self.uses)

    @property
    def tabs(self) -> list[Link]:
        """Links to the other reports with the same question."""
        shared = self.asked.shared()
        found = [(name, address(f"reports:{name}"), str(label)) for name, label in REPORTS]
        return [(f"{url}{shared}", label, name == self.name) for name, url, label in found if url]

    @property
    def periods(self) -> list[Link]:
        today, now = self.asked.today, self.asked.period.code
        return [
            (self.asked.with_period(periods.ready(code, today)), str(label), code == now)
            for code, label in periods.READY
        ]

    @property
    def earlier(self) -> str:
        found = self.asked.period.before(self.asked.today)
        return self.asked.with_period(found) if found else ""

    @property
    def later(self) -> str:
        found = self.asked.period.after(self.asked.today)
        return self.asked.with_period(found) if found else ""

    @property
    def future(self) -> bool:
        return self.asked.period.starts_after(self.asked.today)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form carries along without a field for it."""
        code = self.asked.period.code
        found = [("period", code)] if code not in {periods.OWN, periods.USUAL} else []
        return found + [("tables", "1")] * self.tables + list(self.asked.extra.items())

    @property
    def downloads(self) -> list[tuple[str, str]]:
        return [(self.asked.address(format=kind), kind.upper()) for kind in files.FORMATS] if self.files else []

    @property
    def tables_link(self) -> str:
        """The same page with every table of figures laid open, or closed again."""
        return self.asked.address(tables="" if self.tables else "1")


def report(
    request: HttpRequest,
    template: str,
    asked: Asked,
    context: Mapping[str, Any],
    *,
    sheets: Callable[[], Sequence[Sheet]] | None = None,
    title: str = "",
    uses: Sequence[str] = tuple(LABELS),
    twins: bool = False,
) -> HttpResponseBase:
    """The page, its fragment, or the file: one view answers all three, so that their figures cannot differ.

    ``title`` is for a page without a tab; ``uses`` names the conditions that change anything on it; ``twins`` tells
    that it has tables which key T lays open. Raises Invalid where a file is asked by conditions that were not
    understood.
    """
    name = str(request.resolver_match.url_name if request.resolver_match else "")
    kind = request.GET.get("format", "")
    if sheets is not None and kind in files.FORMATS:
        _demand_understood(asked)
        return files.answer(kind, sheets(), name=name, asked=asked)
    shown = title or str(dict(REPORTS).get(name, ""))
    frame = _frame(request, asked, name=name, title=shown, uses=uses, twins=twins, files=sheets is not None)
    response: HttpResponse = render(request, template, {**context, "asked": asked, "frame": frame})
    if frame.fragment:
        # A form sends every field; the address keeps only what was asked.
        response["HX-Push-Url"] = f"{request.path}{asked.address()}"
    return response


def _frame(request: HttpRequest, asked: Asked, **told: Any) -> Frame:
    fragment = is_fragment(request)
    return Frame(
        asked=asked,
        bar=FilterForm(asked, told["uses"]),
        base="reports/fragment.html" if fragment else "reports/frame.html",
        fragment=fragment,
        as_of=rollups.as_of(),
        stale=rollups.stale(),
        tables=request.GET.get("tables") == "1",
        **told,
    )


def _demand_understood(asked: Asked) -> None:
    if asked.problems:
        errors = [FieldError("filters", "invalid", text) for text in asked.problems]
        raise Invalid(" ".join(asked.problems), errors)
