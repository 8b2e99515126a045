"""How the reports say figures: a count with its rows, a share with its interval, a span of time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from funnel.statistics import Rate
from web import formats
from web.format_tables import NBSP
from web.ui.registry import language

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Number:
    """A count and the address of exactly the rows that it counts; none for zero, for there is nothing to open."""

    count: int
    url: str = ""


def number(count: int, url: str) -> Number:
    return Number(count, url if count else "")


@dataclass(frozen=True, slots=True)
class Share:
    """«62 %» with «56–67 %»; for few cases «2 из 7» instead, since a percentage would mislead."""

    rate: Rate
    text: str
    interval: str

    @property
    def few(self) -> bool:
        return self.rate.few

    @property
    def low(self) -> float:
        """In percent, for drawing."""
        return 100 * (self.rate.interval or (0, 0))[0]

    @property
    def width(self) -> float:
        low, high = self.rate.interval or (0, 0)
        return 100 * (high - low)

    @property
    def middle(self) -> float:
        return 100 * (self.rate.value or 0)


def share(rate: Rate) -> Share:
    lang = language()
    if rate.value is None:
        return Share(rate, "", "")
    if rate.few:
        return Share(rate, formats.out_of(rate.k, rate.n, lang), "")
    return Share(rate, formats.percent(rate.value, lang), interval(rate))


def interval(rate: Rate) -> str:
    """«56–67 %»; nothing of nothing."""
    if rate.interval is None:
        return ""
    lang, (low, high) = language(), rate.interval
    return f"{formats.number(low * 100, lang, 0)}–{formats.percent(high, lang)}"


def span(hours: float | None) -> str:
    """«40 мин», «5 ч», «7,3 дн.»: a tenth of a day parts a median from its norm."""
    if hours is None:
        return ""
    lang = language()
    if hours < HOURS_A_DAY:
        return formats.duration(timedelta(hours=hours), lang)
    days = f"{tenths_of_day(hours) / 10:g}"
    return f"{formats.number(Decimal(days), lang)}{NBSP}{formats.words(lang).day}"


def stretch(low: float | None, high: float | None) -> str:
    """«1,1–3,7 дн.», or «5 ч – 2 дн.» where the units differ."""
    first, last = span(low), span(high)
    if not first or first == last:
        return last
    (start, unit), (_end, other) = first.rsplit(NBSP, 1), last.rsplit(NBSP, 1)
    return f"{start}–{last}" if unit == other else f"{first} – {last}"


def tenths_of_day(hours: float) -> int:
    return round(hours / HOURS_A_DAY * 10)


def over(hours: float | None, norm: float | None) -> bool:
    """Whether the figures as they are shown stand one over the other."""
    return bool(norm and hours is not None and tenths_of_day(hours) > tenths_of_day(norm))


def sentences(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)


def said(count: int) -> str:
    return formats.number(count, language())


def named(name: str, *, active: bool = True) -> str:
    return name if active else f"{name} {_('(не действует)')}"
