"""Weeks of the forecast beside each other: what came, what the model says of those ahead, what was taken upon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from dashboards import facts
from dashboards.choices import PeriodKind
from dashboards.days import begin, end
from dashboards.foreseeing import Foreseen
from dashboards.foreseeing import Week as Ahead
from dashboards.planning import PlanQuery, committed
from dashboards.wording import band, whole
from funnel.figures import FunnelQuery
from funnel.models import Stage
from web import formats
from web.reports.asking import Asked
from web.reports.overview import win_rows
from web.reports.ranges import Range, drawn
from web.reports.words import Number, number
from web.ui.registry import language

PAST = 8
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Week:
    """``fact`` is None ahead; the running week has both a fact so far and a band of what is still to come of it."""

    starts_on: date
    ends_on: date
    fact: int | None
    low: float | None
    middle: float | None
    high: float | None
    committed: int | None
    margin: str
    url: str = ""
    range: Range | None = None

    @property
    def number(self) -> int:
        return self.starts_on.isocalendar().week

    @property
    def number_of_fact(self) -> Number:
        """With the rows that it counts."""
        return number(self.fact or 0, self.url)

    @property
    def band(self) -> str:
        return "" if self.low is None or self.high is None else band(self.low, self.high)

    @property
    def said(self) -> str:
        return "" if self.middle is None else formats.number(formats.rounded(self.middle, 1), language())

    @property
    def top(self) -> float:
        return max(self.fact or 0, self.high or 0, self.committed or 0)


def table(asked: Asked, query: FunnelQuery, win: Stage, said: Foreseen | None, plan: PlanQuery) -> list[Week]:
    """Eight weeks back, this one and those that the run foresaw; facts with the rows that they count."""
    this = begin(PeriodKind.WEEK, asked.today)
    came = dict(facts.by_week(query, win, this - PAST * WEEK, PAST + 1))
    ahead = {week.starts_on: week for week in said.weeks} if said and said.enough else {}
    mondays = sorted({*came, *ahead})
    taken = committed(plan, mondays)
    found = [_week(monday, came.get(monday), ahead.get(monday), taken.get(monday), this) for monday in mondays]
    top = max((week.top for week in found), default=0)
    return [_finished(asked, win, week, top, plan.owner_id) for week in found]


def _week(monday: date, came: int | None, ahead: Ahead | None, taken: int | None, this: date) -> Week:
    """Of the running week the band is of the whole of it: what came and what is still to come."""
    own, done = (ahead.own, (came or 0) if monday == this else 0) if ahead else (None, 0)
    return Week(
        starts_on=monday,
        ends_on=end(PeriodKind.WEEK, monday),
        fact=came,
        low=done + own.low if own else None,
        middle=done + own.wins if own else None,
        high=done + own.high if own else None,
        committed=taken,
        margin=money(own.margins) if own else "",
    )


def _finished(asked: Asked, win: Stage, week: Week, top: float, owner_id: UUID | None) -> Week:
    found = replace(week, url=win_rows(asked, win, week.starts_on, week.ends_on, owner_id))
    if week.low is None or week.high is None or week.middle is None:
        return found
    tick = None if week.committed is None else float(week.committed)
    return replace(found, range=drawn(week.low, week.high, week.middle, top=top, tick=tick))


def money(margins: Mapping[str, float]) -> str:
    """Currency by currency, never added up."""
    return ", ".join(formats.short_money(value, code, language()) for code, value in sorted(margins.items()) if value)


@dataclass(frozen=True, slots=True)
class Chart:
    """Ready for drawing on a field of 100 × 100; ``labels`` stand under it."""

    fact: str
    band: str
    middle: str
    marks: list[tuple[str, str]]
    now: str
    top: str
    labels: list[str]


def chart(found: Sequence[Week]) -> Chart:
    top = max((week.top for week in found), default=0) or 1

    def spot(place: int, value: float) -> str:
        return f"{100 * (place + 0.5) / len(found):.2f},{100 - 92 * value / top:.2f}"

    ahead = [(place, week) for place, week in enumerate(found) if week.low is not None]
    past = [(place, week) for place, week in enumerate(found) if week.fact is not None and week.low is None]
    upper = [spot(place, week.high or 0) for place, week in ahead]
    lower = [spot(place, week.low or 0) for place, week in reversed(ahead)]
    joint = [spot(place, float(week.fact or 0)) for place, week in past[-1:]]
    first = next((place for place, week in ahead), len(found))
    return Chart(
        fact=" ".join(spot(place, float(week.fact or 0)) for place, week in past),
        band=" ".join([*upper, *lower]),
        middle=" ".join([*joint, *(spot(place, week.middle or 0) for place, week in ahead)]),
        marks=[
            (f"{100 * (place + 0.5) / len(found):.2f}", f"{100 - 92 * week.committed / top:.2f}")
            for place, week in enumerate(found)
            if week.committed is not None
        ],
        now=f"{100 * first / len(found):.2f}",
        top=whole(top),
        labels=[_label(week) for week in (found[0], found[min(first, len(found) - 1)], found[-1])],
    )


def _label(week: Week) -> str:
    return _("нед. %(n)s") % {"n": week.number}
