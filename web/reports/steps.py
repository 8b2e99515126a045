"""How a period is cut into steps: days of a short one, weeks of a usual one, months of a long one."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from funnel.figures.days import next_of
from web import formats
from web.reports import periods
from web.reports.asking import Asked
from web.reports.periods import Period
from web.ui.registry import language

SHORT, LONG = timedelta(days=21), timedelta(days=400)


def step_of(asked: Asked) -> str:
    first = asked.period.first
    if first is None:
        return "month"
    length = (asked.period.last or asked.today) - first
    return "day" if length <= SHORT else "week" if length <= LONG else "month"


def within(asked: Asked, start: date, step: str) -> Period:
    """The days of one step that lie in the asked period."""
    first, last = start, next_of(start, step) - timedelta(days=1)
    if asked.period.first:
        first = max(first, asked.period.first)
    if asked.period.last:
        last = min(last, asked.period.last)
    return Period(periods.OWN, first, last)


def address_of(period: Period) -> dict[str, str]:
    """The days of a step as they stand in an address."""
    return {"period": "", "from": str(period.first or ""), "to": str(period.last or "")}


def label(start: date, step: str) -> str:
    """«пн, 2 нояб.» of a day and of the Monday of a week, «нояб. 2026» of a month."""
    lang = language()
    if step == "month":
        return f"{formats.words(lang).months_short[start.month - 1]} {start.year}"
    return formats.list_day(start, lang)


def head(step: str) -> str:
    return {"day": _("День"), "week": _("Неделя с"), "month": _("Месяц")}[step]
