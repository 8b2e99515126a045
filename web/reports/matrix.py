"""Segment × UTP at one stage: a heatmap by classes, and the same as a list of pairs for a phone and for paper."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from funnel.choices import PassageState
from funnel.figures import MatrixCell, matrix
from funnel.models import Stage
from web import formats
from web.pages import page
from web.reports import files
from web.reports.asking import Asked, ask
from web.reports.files import Sheet
from web.reports.frame import report
from web.reports.funnel import why_empty
from web.reports.names import Key, address_of, names
from web.reports.stages import STAGE, chosen
from web.reports.words import Number, Share, number, said, share
from web.ui.registry import language

CLASSES, STEP = 5, 0.05
COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """A segment with a UTP. ``heat`` is 1..5, or 0 where there are too few cases for a share."""

    segment: str
    utp: str
    entered: Number
    passed: Number
    share: Share
    heat: int

    @property
    def look(self) -> str:
        return f"heat-{self.heat}" if self.heat else "few"


@dataclass(frozen=True, slots=True)
class Grid:
    """``rows`` are segments with a pair for each of ``columns``, or None; ``hidden`` UTPs stand in the list alone."""

    columns: list[str]
    rows: list[tuple[str, list[Pair | None]]]
    pairs: list[Pair]
    legend: list[tuple[str, str]]
    hidden: int


@page("GET")
def page_of_matrix(request: HttpRequest) -> HttpResponseBase:
    asked = ask(request, STAGE)
    stage = chosen(asked)
    grid = _grid(asked, stage) if stage else Grid([], [], [], [], 0)
    context = {
        "grid": grid,
        "stage": stage,
        "sentence": _sentence(grid),
        "empty": "" if grid.pairs else why_empty(asked, asked.one_funnel),
    }
    return report(request, "reports/matrix.html", asked, context, sheets=lambda: [_sheet(grid)], twins=True)


def _grid(asked: Asked, stage: Stage) -> Grid:
    cells = matrix(asked.query(asked.one_funnel), stage)
    segments = names("segment", [cell.segment_id for cell in cells])
    utps = names("utp", [cell.utp_id for cell in cells])
    top = _top(cells)
    pairs = {
        (cell.segment_id, cell.utp_id): _pair(asked, stage, cell, segments, utps, top)
        for cell in sorted(cells, key=_place)
    }
    columns = _largest(cells, "utp_id")
    shown = [
        (segments[row], [pairs.get((row, column)) for column in columns[:COLUMNS]])
        for row in _largest(cells, "segment_id")
    ]
    return Grid(
        columns=[utps[key] for key in columns[:COLUMNS]],
        rows=[(name, found) for name, found in shown if any(found)],
        pairs=list(pairs.values()),
        legend=_legend(top),
        hidden=max(0, len(columns) - COLUMNS),
    )


def _pair(
    asked: Asked, stage: Stage, cell: MatrixCell, segments: Mapping[Key, str], utps: Mapping[Key, str], top: float
) -> Pair:
    where = {"then_segment": address_of(cell.segment_id), "then_utp": address_of(cell.utp_id)}
    where |= {"funnel": asked.one_funnel.code, "stage": stage.code}
    found = cell.tally.onward
    return Pair(
        segment=segments[cell.segment_id],
        utp=utps[cell.utp_id],
        entered=number(found.n, asked.rows(**where)),
        passed=number(found.k, asked.rows(**where, state=PassageState.PASSED)),
        share=share(found),
        heat=0 if found.few else min(CLASSES, int((found.value or 0) * CLASSES / top) + 1),
    )


def _place(cell: MatrixCell) -> tuple[bool, float, int]:
    """Those of whom a share can be told first, the best before the rest."""
    found = cell.tally.onward
    return found.few, -(found.value or 0), -found.n


def _top(cells: Sequence[MatrixCell]) -> float:
    """The upper end of the last class: the best share, rounded up to a whole step for each of the classes."""
    best = max((cell.tally.onward.value or 0 for cell in cells if not cell.tally.onward.few), default=0)
    return min(1.0, max(1, ceil(best / CLASSES / STEP)) * STEP * CLASSES)


def _largest(cells: Sequence[MatrixCell], name: str) -> list[UUID | None]:
    """Keys by the number of leads; «not known» comes last."""
    totals: Counter[UUID | None] = Counter()
    for cell in cells:
        totals[getattr(cell, name)] += cell.tally.entered
    return sorted(totals, key=lambda key: (key is None, -totals[key], str(key)))


def _legend(top: float) -> list[tuple[str, str]]:
    lang = language()
    ends = [top * place / CLASSES for place in range(CLASSES + 1)]
    return [
        (f"heat-{place + 1}", f"{formats.number(ends[place] * 100, lang, 0)}–{formats.percent(ends[place + 1], lang)}")
        for place in range(CLASSES)
    ]


def _sentence(grid: Grid) -> str:
    told = [pair for pair in grid.pairs if pair.heat]
    few = len(grid.pairs) - len(told)
    rest = ngettext(
        "Ещё у %(few)s пары меньше десяти лидов: доле рано верить.",
        "Ещё у %(few)s пар меньше десяти лидов: доле рано верить.",
        few,
    ) % {"few": said(few)}
    if not told:
        return _("Ни у одной пары сегмента и УТП нет десяти лидов: сравнивать доли рано.") if few else ""
    best = told[0]
    values = {
        "utp": best.utp, "segment": best.segment, "share": best.share.text, "n": said(best.entered.count),
        "interval": best.share.interval,
    }  # fmt: skip
    text = _("Лучше всего «%(utp)s» в сегменте «%(segment)s»: дальше прошли %(share)s из %(n)s, интервал %(interval)s.")
    return f"{text % values} {rest}" if few else text % values


def _sheet(grid: Grid) -> Sheet:
    header = [
        _("Сегмент"), _("УТП"), _("Вошли"), _("Прошли дальше"), _("Доля, %"), _("Интервал от, %"), _("Интервал до, %"),
    ]  # fmt: skip
    rows: list[list[files.Cell]] = []
    for pair in grid.pairs:
        found, (low, high) = pair.share.rate, pair.share.rate.interval or (None, None)
        shares = [files.share(value) for value in (found.value, low, high)]
        rows.append([pair.segment, pair.utp, found.n, found.k, *shares])
    return Sheet(_("Сегмент × УТП"), header, rows)
