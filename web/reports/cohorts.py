"""Cohorts: leads by the week or month in which they came, and how far each of these groups got."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funnel.choices import PassageState
from funnel.figures import CohortRow, cohorts
from funnel.models import Funnel, Stage
from funnel.statistics import FEW, Rate
from web import formats
from web.pages import page
from web.reports import files, steps
from web.reports.asking import Asked, Own, ask
from web.reports.choices import Pairs
from web.reports.files import Sheet
from web.reports.frame import report
from web.reports.funnel import why_empty
from web.reports.words import Number, Share, number, share
from web.ui.registry import language


def _steps(_asked: Asked) -> Pairs:
    return [("week", _("по неделям")), ("month", _("по месяцам"))]


STEP = Own("step", gettext_lazy("Когорты"), _steps)


@dataclass(frozen=True, slots=True)
class Reached:
    """How many of a cohort went as far as a stage or further."""

    stage: Stage
    number: Number
    share: Share


@dataclass(frozen=True, slots=True)
class Line:
    row: CohortRow
    label: str
    came: Number
    reached: list[Reached]
    open: Number
    lost: Number
    done: Number


@page("GET")
def page_of_cohorts(request: HttpRequest) -> HttpResponseBase:
    asked = ask(request, STEP)
    funnel = asked.one_funnel
    found = cohorts(asked.query(funnel), step=asked.own["step"])
    stages = _stages(asked, funnel, found)
    lines = [_line(asked, funnel, stages, row) for row in found]
    context = {
        "lines": lines,
        "stages": stages[1:],
        "head": steps.head(asked.own["step"]),
        "sentence": _sentence(found, stages),
        "empty": "" if lines else why_empty(asked, funnel),
    }
    return report(request, "reports/cohorts.html", asked, context, sheets=lambda: [_sheet(lines, stages, asked)])


def _stages(asked: Asked, funnel: Funnel, found: Sequence[CohortRow]) -> list[Stage]:
    """Active ones, and retired ones that somebody of these cohorts reached."""
    reached = {pk for row in found for pk, count in row.reached.items() if count}
    return [stage for stage in asked.query(funnel).stage_rows if stage.active or stage.pk in reached]


def _line(asked: Asked, funnel: Funnel, stages: Sequence[Stage], row: CohortRow) -> Line:
    def counted(count: int, **narrowing: str) -> Number:
        where = {"funnel": funnel.code, "cohort": str(row.start), "step": asked.own["step"]}
        return number(count, asked.rows(**where, **narrowing))

    return Line(
        row=row,
        label=steps.label(row.start, asked.own["step"]),
        came=counted(row.came),
        reached=[
            Reached(
                stage, counted(row.reached[stage.pk], stage=stage.code), share(Rate(row.reached[stage.pk], row.came))
            )
            for stage in stages[1:]
        ],
        open=counted(row.open, state=PassageState.OPEN),
        lost=counted(row.lost, state=PassageState.LOST),
        done=counted(row.done, state=PassageState.DONE),
    )


def _sentence(found: Sequence[CohortRow], stages: Sequence[Stage]) -> str:
    """All cohorts together: how many came and how many of them got to the end so far."""
    came, done = sum(row.came for row in found), sum(row.done for row in found)
    lang = language()
    if not found or len(stages) < 2:
        return ""
    if came < FEW:
        return _("Лидов пока мало, чтобы сравнивать когорты: меньше десяти.")
    values = {
        "came": formats.number(came, lang),
        "stage": stages[-1].name,
        "done": formats.number(done, lang),
        "share": formats.percent(done / came, lang),
        "open": formats.number(sum(row.open for row in found), lang),
    }
    text = _("Пришли %(came)s, до этапа «%(stage)s» дошли %(done)s (%(share)s), ещё в пути %(open)s.")
    return text % values


def _sheet(lines: Sequence[Line], stages: Sequence[Stage], asked: Asked) -> Sheet:
    named = [name for stage in stages[1:] for name in (stage.name, _("%(stage)s, %%") % {"stage": stage.name})]
    header = [steps.head(asked.own["step"]), _("Пришли"), *named, _("Ещё в пути"), _("Отказ или архив"), _("Дошли")]
    rows: list[list[files.Cell]] = []
    for line in lines:
        reached = [cell for one in line.reached for cell in (one.number.count, files.share(one.share.rate.value))]
        rows.append([str(line.row.start), line.row.came, *reached, line.row.open, line.row.lost, line.row.done])
    return Sheet(_("Когорты"), header, rows)
