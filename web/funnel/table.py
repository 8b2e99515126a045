"""The rows of a funnel as the page and the file show them: numbers with their addresses, words, one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from agents.choices import Kind
from funnel.choices import PassageState
from funnel.figures import FunnelRow, funnel_table
from funnel.statistics import FEW, Rate
from leads.filters import IN_ORDER, REVERSED
from web import formats
from web.format_tables import NBSP
from web.funnel.asking import Asked
from web.ui.registry import language

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Number:
    """A count and the address of exactly the rows that it counts; none for zero, for there is nothing to open."""

    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One stage. ``share`` is «62 %» with its ``interval`` «56–67 %», or «из 7» where a percentage would mislead."""

    row: FunnelRow
    entered: Number
    passed: Number
    open: Number
    lost: Number
    done: Number
    timed: Number
    reversed: Number
    share: str
    interval: str
    median: str
    norm: str
    over: bool

    @property
    def last(self) -> bool:
        """Whether the road ends here: nothing lies further, so there is no share of those that passed."""
        return bool(self.row.done) or (not self.row.passed and not self.row.open and not self.row.lost)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two funnels. ``empty`` says why there is nothing, where there is nothing."""

    kind: str
    title: str
    lines: list[Line]
    top: int
    sentence: str
    empty: str


def side(asked: Asked, kind: str) -> Side:
    """Two queries."""
    rows = funnel_table(asked.query(kind))
    lines = [_line(asked, kind, row) for row in rows]
    top = max((row.entered for row in rows), default=0)
    title = _("Агенты") if kind == Kind.AGENT else _("Клиенты")
    return Side(kind, title, lines, top, sentence(rows), "" if top else _why_empty(asked, kind))


def _line(asked: Asked, kind: str, row: FunnelRow) -> Line:
    lang, rate = language(), row.onward

    def number(count: int, **narrowing: str) -> Number:
        query = urlencode(asked.rows_address(kind, reached=row.stage.code, **narrowing))
        return Number(count, f"{reverse('leads:list')}?{query}" if count else "")

    norm = row.stage.norm_hours
    return Line(
        row=row,
        entered=number(row.entered),
        passed=number(row.passed, state=PassageState.PASSED),
        open=number(row.open, state=PassageState.OPEN),
        lost=number(row.lost, state=PassageState.LOST),
        done=number(row.done, state=PassageState.DONE),
        timed=number(row.passed - row.reversed_dates, state=PassageState.PASSED, dates=IN_ORDER),
        reversed=number(row.reversed_dates, state=PassageState.PASSED, dates=REVERSED),
        share=_share(rate, lang),
        interval=_interval(rate, lang),
        median="" if row.median_hours is None else span(row.median_hours, lang),
        norm=span(norm, lang) if norm else "",
        over=_over(row),
    )


def span(hours: float, lang: str) -> str:
    """«40 мин», «5 ч», «7,3 дн.»: a tenth of a day parts a median from its norm."""
    if hours < HOURS_A_DAY:
        return formats.duration(timedelta(hours=hours), lang)
    days = f"{_tenths(hours) / 10:g}"
    return f"{formats.number(Decimal(days), lang)}{NBSP}{formats.words(lang).day}"


def _tenths(hours: float) -> int:
    return round(hours / HOURS_A_DAY * 10)


def _share(rate: Rate, lang: str) -> str:
    if not rate.n:
        return ""
    if rate.few:
        return _("из %(n)s") % {"n": formats.number(rate.n, lang)}
    return formats.percent(rate.k / rate.n, lang)


def _interval(rate: Rate, lang: str) -> str:
    """«56–67 %»; nothing for few cases."""
    if rate.few or rate.interval is None:
        return ""
    low, high = rate.interval
    return f"{formats.number(low * 100, lang, 0)}–{formats.percent(high, lang)}"


def _over(row: FunnelRow) -> bool:
    norm = row.stage.norm_hours
    return bool(norm and row.median_hours is not None and _tenths(row.median_hours) > _tenths(norm))


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
    return f"{text} {_slowest(compared)}".strip()


def _slowest(rows: Sequence[FunnelRow]) -> str:
    """Named only where the median is over the norm: what is within it needs no words."""
    late = [(row.median_hours or 0, row.stage.norm_hours, row) for row in rows if _over(row) and row.stage.norm_hours]
    if not late:
        return _("Медианы всех этапов в норме.") if any(row.median_hours is not None for row in rows) else ""
    hours, norm, row = max(late, key=lambda found: found[0] / (found[1] or 1))
    lang = language()
    text = _("Дольше нормы держит «%(stage)s»: медиана %(median)s при норме %(norm)s")
    values = {"stage": row.stage.name, "median": span(hours, lang), "norm": span(norm or 0, lang)}
    return (text % values).rstrip(".") + "."


def _why_empty(asked: Asked, kind: str) -> str:
    segment = asked.chosen.get("segment", "")
    of_kind = asked.offered.kind_of.get(segment, kind)
    if of_kind != kind:
        whose = _("агентов") if of_kind == Kind.AGENT else _("клиентов")
        return _("Выбран сегмент %(whose)s: в этой воронке его лидов не бывает.") % {"whose": whose}
    if asked.chosen:
        return _("По выбранным условиям ни один лид не входил в этапы %(period)s.") % {"period": asked.period.text}
    return _("Ни один лид не входил в этапы этой воронки %(period)s.") % {"period": asked.period.text}
