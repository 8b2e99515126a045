"""People, teams, segments, UTPs, sources, initiatives beside each other at one stage, against the period before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funnel.choices import PassageState
from funnel.figures import Compared, Tally, compare
from funnel.models import Stage
from web import formats
from web.pages import page
from web.reports import files, ranges
from web.reports.asking import Asked, Own, ask
from web.reports.choices import Pairs
from web.reports.files import Sheet
from web.reports.frame import report
from web.reports.funnel import why_empty
from web.reports.names import Key, address_of, names
from web.reports.periods import Period
from web.reports.ranges import Range
from web.reports.stages import STAGE, chosen
from web.reports.words import Number, Share, number, share
from web.ui.registry import language

PORTION = 50
BY_OWNER = "owner"


def _dimensions(_asked: Asked) -> Pairs:
    return [
        (BY_OWNER, _("Люди")), ("team", _("Команды")), ("segment", _("Сегменты")), ("utp", _("УТП")),
        ("source", _("Каналы")), ("initiative", _("Инициативы")), ("product", _("Продукты")),
    ]  # fmt: skip


def _orders(_asked: Asked) -> Pairs:
    return [("n", _("по числу лидов")), ("share", _("по доле")), ("name", _("по названию"))]


BY = Own("by", gettext_lazy("Сравнить"), _dimensions)
ORDER = Own("sort", gettext_lazy("Порядок"), _orders)


@dataclass(frozen=True, slots=True)
class Line:
    """``change`` is in percentage points, told only where both periods have cases enough."""

    name: str
    tally: Tally
    entered: Number
    passed: Number
    open: Number
    lost: Number
    share: Share
    drawn: Range | None
    before: Number
    share_before: Share
    change: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What is compared, in the asked order. A line is drawn only for what is shown: people may be a thousand."""

    asked: Asked
    stage: Stage
    earlier: Period | None
    found: Sequence[Compared]
    was: Mapping[tuple[Key, bool], Tally]
    called: Mapping[Key, str]
    top: float

    def lines(self, some: Iterable[Compared]) -> list[Line]:
        return [_line(self, one) for one in some]


@page("GET")
def page_of_comparison(request: HttpRequest) -> HttpResponseBase:
    asked = ask(request, BY, STAGE, ORDER)
    stage = chosen(asked)
    earlier = asked.period.before(asked.today)
    beside = _beside(asked, stage, earlier) if stage else None
    found = beside.found if beside else []
    paged = Paginator(found, PORTION).get_page(request.GET.get("page"))
    context = {
        "lines": beside.lines(paged.object_list) if beside else [],
        "paged": paged,
        "stage": stage,
        "what": dict(asked.pairs["by"])[asked.own["by"]],
        "earlier": earlier,
        "sentence": _sentence(found),
        "empty": "" if found else why_empty(asked, asked.one_funnel),
    }
    return report(
        request, "reports/compare.html", asked, context,
        sheets=lambda: [_sheet(asked, beside.lines(found) if beside else [])],
    )  # fmt: skip


def _beside(asked: Asked, stage: Stage, earlier: Period | None) -> Beside:
    by = asked.own["by"]
    found = compare(asked.query(asked.one_funnel), stage, by=by)
    was = {(one.key, one.below): one.tally for one in _before(asked, stage, earlier)}
    called = names(by, [one.key for one in found])
    top = max((one.tally.onward.interval or (0, 0))[1] for one in found) if found else 0
    orders: dict[str, Callable[[Compared], Any]] = {
        "share": lambda one: (one.tally.onward.few, -(one.tally.onward.value or 0)),
        "name": lambda one: called.get(one.key, _("другой")),
    }
    if order := orders.get(asked.own["sort"]):
        found = sorted(found, key=order)
    return Beside(asked, stage, earlier, found, was, called, top)


def _before(asked: Asked, stage: Stage, earlier: Period | None) -> list[Compared]:
    return compare(asked.query(asked.one_funnel, earlier), stage, by=asked.own["by"]) if earlier else []


def _line(beside: Beside, found: Compared) -> Line:
    asked, earlier = beside.asked, beside.earlier
    where = {"funnel": asked.one_funnel.code, "stage": beside.stage.code, **_narrowed(asked.own["by"], found)}
    tally, past = found.tally, beside.was.get((found.key, found.below), Tally())
    days = {"period": "", "from": str(earlier.first), "to": str(earlier.last)} if earlier else {}
    low, high = tally.onward.interval or (0.0, 0.0)
    return Line(
        name=beside.called.get(found.key, _("другой")),
        tally=tally,
        entered=number(tally.entered, asked.rows(**where)),
        passed=number(tally.passed, asked.rows(**where, state=PassageState.PASSED)),
        open=number(tally.open, asked.rows(**where, state=PassageState.OPEN)),
        lost=number(tally.lost, asked.rows(**where, state=PassageState.LOST)),
        share=share(tally.onward),
        drawn=None if tally.onward.few else ranges.drawn(low, high, tally.onward.value or 0, top=beside.top),
        before=number(past.entered, asked.rows(**where, **days)),
        share_before=share(past.onward),
        change=_change(tally, past),
    )


def _narrowed(by: str, found: Compared) -> dict[str, str]:
    """A team with all below it is the audience's part, anything else is that very value."""
    return {"team": str(found.key)} if found.below else {f"then_{by}": address_of(found.key)}


def _change(now: Tally, past: Tally) -> str:
    if now.onward.few or past.onward.few:
        return ""
    return formats.points((now.onward.value or 0) - (past.onward.value or 0), language())


def _sentence(found: Sequence[Compared]) -> str:
    """Between which shares the lines lie: a spread and no verdict on anybody."""
    told = [rate for one in found if not (rate := one.tally.onward).few]
    if len(told) < 2:
        return _("Сравнивать рано: меньше чем у двух строк набралось по десять лидов.") if found else ""
    lang, shares = language(), [rate.value or 0 for rate in told]
    values = {
        "count": formats.number(len(told), lang),
        "low": formats.percent(min(shares), lang),
        "high": formats.percent(max(shares), lang),
    }
    text = _("Доля прошедших дальше — от %(low)s до %(high)s; строк, где лидов десять и больше: %(count)s.") % values
    intervals = [rate.interval or (0, 1) for rate in told]
    apart = max(low for low, _high in intervals) > min(high for _low, high in intervals)
    return text if apart else f"{text} {_('Интервалы пересекаются: разница может быть случайной.')}"


def _sheet(asked: Asked, lines: Sequence[Line]) -> Sheet:
    header = [
        dict(asked.pairs["by"])[asked.own["by"]], _("Вошли"), _("Прошли дальше"), _("Доля, %"), _("Интервал от, %"),
        _("Интервал до, %"), _("Ещё на этапе"), _("Отказ или архив"), _("Вошли раньше"), _("Доля раньше, %"),
    ]  # fmt: skip
    rows: list[list[files.Cell]] = []
    for line in lines:
        found, (low, high) = line.share.rate, line.share.rate.interval or (None, None)
        shares = [files.share(value) for value in (found.value, low, high)]
        past = files.share(line.share_before.rate.value)
        rows.append([
            line.name, found.n, found.k, *shares, line.tally.open, line.tally.lost, line.before.count, past,
        ])  # fmt: skip
    return Sheet(_("Сравнение"), header, rows)
