"""Time in stage: from the median to the ninetieth percentile of those that passed, against the norm.

Those that are still on the stage stand apart: how long they will have stayed is not known yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from common import clock
from funnel.figures import FunnelRow, funnel_table
from funnel.models import Funnel
from web import formats
from web.pages import page
from web.reports import files, funnel, ranges
from web.reports.asking import Asked, ask
from web.reports.files import Sheet
from web.reports.frame import report
from web.reports.funnel import Line
from web.reports.ranges import Range
from web.reports.words import span
from web.ui.registry import language


@dataclass(frozen=True, slots=True)
class Side:
    funnel: Funnel
    lines: list[tuple[Line, Range | None]]
    sentence: str
    scale: str
    empty: str


@page("GET")
def page_of_times(request: HttpRequest) -> HttpResponseBase:
    asked = ask(request, both=True)
    sides = [_side(asked, found) for found in asked.funnels]
    return report(request, "reports/time.html", asked, {"sides": sides}, sheets=lambda: [_sheet(sides)])


def _side(asked: Asked, found: Funnel) -> Side:
    # Nobody passes on from the last stage: what stands there has arrived.
    rows = [row for row in funnel_table(asked.query(found), at=clock.now()) if row.passed or row.open or row.lost]
    top = max((value for row in rows for value in (row.p90_hours, row.stage.norm_hours) if value), default=0.0)
    lines = [(funnel.line(asked, found, row), _range(row, top)) for row in rows]
    empty = "" if rows else funnel.why_empty(asked, found)
    return Side(found, lines, _sentence(rows), span(top), empty)


def _range(row: FunnelRow, top: float) -> Range | None:
    if row.median_hours is None or row.p90_hours is None:
        return None
    return ranges.drawn(row.median_hours, row.p90_hours, row.median_hours, top=top, tick=row.stage.norm_hours)


def _sentence(rows: Sequence[FunnelRow]) -> str:
    if not any(row.median_hours is not None for row in rows):
        return _("Дальше по этапам пока никто не прошёл: времени на этапе ещё нет.")
    late = sum(row.over_norm or 0 for row in rows)
    found = funnel.slowest(rows)
    if not late:
        return found
    still = _("Ещё на этапах сверх нормы: %(late)s.") % {"late": formats.number(late, language())}
    return f"{found} {still}"


def _sheet(sides: Sequence[Side]) -> Sheet:
    header = [
        _("Воронка"), _("Этап"), _("Прошли, время известно"), _("Медиана, ч"), _("p90, ч"), _("Норма, ч"),
        _("Ещё на этапе"), _("Из них сверх нормы"), _("Обратные даты"),
    ]  # fmt: skip
    rows: list[list[files.Cell]] = []
    for side in sides:
        for line, _drawn in side.lines:
            row = line.row
            rows.append([
                side.funnel.name, row.stage.name, line.timed.count, files.tenths(row.median_hours),
                files.tenths(row.p90_hours), row.stage.norm_hours, row.open, row.over_norm, row.reversed_dates,
            ])  # fmt: skip
    return Sheet(_("Время на этапе"), header, rows)
