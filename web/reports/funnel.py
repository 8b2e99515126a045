"""The funnel: agents and clients side by side, or the one that was chosen; every number with its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from agents.choices import Kind
from common import clock
from funnel.choices import PassageState
from funnel.figures import IN_ORDER, REVERSED, FunnelRow, funnel_table
from funnel.models import Funnel
from funnel.statistics import FEW
from web import formats
from web.pages import page
from web.reports import files, losing, movement
from web.reports.asking import Asked, ask
from web.reports.files import Sheet
from web.reports.frame import report
from web.reports.losing import Losses
from web.reports.movement import Movement
from web.reports.words import Number, Share, number, over, share, span, stretch, tenths_of_day
from web.ui.registry import language


@dataclass(frozen=True, slots=True)
class Line:
    """One stage. ``time`` is from the median to p90 of those that passed, ``norm`` is what the stage allows."""

    row: FunnelRow
    entered: Number
    passed: Number
    open: Number
    late: Number
    lost: Number
    done: Number
    timed: Number
    reversed: Number
    onward: Share
    time: str
    norm: str
    over: bool
    spark: str

    @property
    def last(self) -> bool:
        """Whether the road ends here: nothing lies further, so there is no share of those that passed."""
        return bool(self.row.done) or (not self.row.passed and not self.row.open and not self.row.lost)


@dataclass(frozen=True, slots=True)
class Side:
    """One funnel. ``empty`` says why there is nothing, where there is nothing."""

    funnel: Funnel
    lines: list[Line]
    top: int
    sentence: str
    movement: Movement
    losses: Losses
    empty: str


@page("GET")
def page_of_funnel(request: HttpRequest) -> HttpResponseBase:
    asked = ask(request, both=True)
    sides = [side(asked, funnel) for funnel in asked.funnels]
    return report(request, "reports/funnel.html", asked, {"sides": sides}, sheets=lambda: sheets_of(sides), twins=True)


def side(asked: Asked, funnel: Funnel) -> Side:
    query = asked.query(funnel)
    rows = funnel_table(query, at=clock.now())
    moved = movement.of(asked, funnel, query, [row.stage for row in rows])
    top = max((row.entered for row in rows), default=0)
    return Side(
        funnel=funnel,
        lines=[line(asked, funnel, row, spark=moved.sparks[row.stage.pk]) for row in rows],
        top=top,
        sentence=sentence(rows),
        movement=moved,
        losses=losing.of(asked, funnel, query),
        empty="" if top else why_empty(asked, funnel),
    )


def line(asked: Asked, funnel: Funnel, row: FunnelRow, *, spark: str = "") -> Line:
    def counted(count: int, **narrowing: str) -> Number:
        return number(count, asked.rows(funnel=funnel.code, stage=row.stage.code, **narrowing))

    norm = row.stage.norm_hours
    return Line(
        row=row,
        entered=counted(row.entered),
        passed=counted(row.passed, state=PassageState.PASSED),
        open=counted(row.open, state=PassageState.OPEN),
        late=counted(row.over_norm or 0, late="1"),
        lost=counted(row.lost, state=PassageState.LOST),
        done=counted(row.done, state=PassageState.DONE),
        timed=counted(row.passed - row.reversed_dates, state=PassageState.PASSED, dates=IN_ORDER),
        reversed=counted(row.reversed_dates, state=PassageState.PASSED, dates=REVERSED),
        onward=share(row.onward),
        time=stretch(row.median_hours, row.p90_hours),
        norm=span(norm),
        over=over(row.median_hours, norm),
        spark=spark,
    )


def sentence(rows: Sequence[FunnelRow]) -> str:
    """The answer in words: where most are lost, where it takes longest against the norm."""
    lang = language()
    compared = [row for row in rows if row.entered >= FEW and not row.done and row.passed + row.lost]
    if not compared:
        return _("Лидов пока мало, чтобы сравнивать этапы: на каждом меньше десяти.")
    weak = min(compared, key=lambda row: row.passed / row.entered)
    values = {
        "stage": weak.stage.name,
        "passed": formats.number(weak.passed, lang),
        "entered": formats.number(weak.entered, lang),
        "share": formats.percent(weak.passed / weak.entered, lang),
    }
    text = _("Слабее всего — «%(stage)s»: дальше прошли %(passed)s из %(entered)s (%(share)s).") % values
    return f"{text} {slowest(compared)}".strip()


def slowest(rows: Sequence[FunnelRow]) -> str:
    """Named only where the median is over the norm: what is within it needs no words."""
    late = [
        (row.median_hours or 0, norm, row)
        for row in rows
        if (norm := row.stage.norm_hours) and over(row.median_hours, norm)
    ]
    if not late:
        return _("Медианы всех этапов в норме.") if any(row.median_hours is not None for row in rows) else ""
    hours, norm, row = max(late, key=lambda found: tenths_of_day(found[0]) / found[1])
    text = _("Дольше нормы держит «%(stage)s»: медиана %(median)s при норме %(norm)s")
    values = {"stage": row.stage.name, "median": span(hours), "norm": span(norm)}
    return (text % values).rstrip(".") + "."


def why_empty(asked: Asked, funnel: Funnel) -> str:
    segment = asked.chosen.get("segment", "")
    of_kind = asked.offered.kind_of.get(segment, funnel.kind)
    if of_kind != funnel.kind:
        whose = _("агентов") if of_kind == Kind.AGENT else _("клиентов")
        return _("Выбран сегмент %(whose)s: в этой воронке его лидов не бывает.") % {"whose": whose}
    if asked.chosen:
        return _("По выбранным условиям ни один лид не входил в этапы %(period)s.") % {"period": asked.period.stem}
    return _("Ни один лид не входил в этапы этой воронки %(period)s.") % {"period": asked.period.stem}


def sheets_of(sides: Sequence[Side]) -> list[Sheet]:
    header = [
        _("Воронка"), _("Этап"), _("Вошли"), _("Прошли дальше"), _("Доля, %"), _("Интервал от, %"), _("Интервал до, %"),
        _("Ещё на этапе"), _("Из них сверх нормы"), _("Отказ или архив"), _("Дошли до конца"), _("Медиана, ч"),
        _("p90, ч"), _("Норма, ч"), _("Обратные даты"),
    ]  # fmt: skip
    rows = [_cells(found.funnel.name, line.row) for found in sides for line in found.lines]
    table = Sheet(_("Воронка"), header, rows)
    named = [(found.funnel.name, found) for found in sides]
    return [
        table,
        losing.sheet([(name, found.losses) for name, found in named]),
        movement.sheet([(name, found.movement) for name, found in named]),
    ]


def _cells(title: str, row: FunnelRow) -> list[files.Cell]:
    rate, (low, high) = row.onward, row.onward.interval or (None, None)
    return [
        title, row.stage.name, row.entered, row.passed, files.share(rate.value), files.share(low), files.share(high),
        row.open, row.over_norm, row.lost, row.done, files.tenths(row.median_hours), files.tenths(row.p90_hours),
        row.stage.norm_hours, row.reversed_dates,
    ]  # fmt: skip
