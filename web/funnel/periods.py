"""Periods of the funnel: whole days in the reader's zone, ready ones and one's own."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from web import formats
from web.ui.registry import language

FOUR_WEEKS, TWELVE_WEEKS, QUARTER, EVER, OWN = "4w", "12w", "quarter", "all", "own"
READY = (
    (FOUR_WEEKS, gettext_lazy("4 недели")),
    (TWELVE_WEEKS, gettext_lazy("12 недель")),
    (QUARTER, gettext_lazy("Квартал")),
    (EVER, gettext_lazy("Всё время")),
)
USUAL = TWELVE_WEEKS
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Period:
    """Both days belong to it; without an end it lasts until now, so that what is entered next counts at once."""

    code: str
    first: date | None = None
    last: date | None = None

    @property
    def start(self) -> datetime | None:
        return _midnight(self.first) if self.first else None

    @property
    def end(self) -> datetime | None:
        """The first moment after the period."""
        return _midnight(self.last + timedelta(days=1)) if self.last else None

    @property
    def text(self) -> str:
        """«с 31 августа 2026 г. по сегодня»."""
        lang = language()
        if self.first is None and self.last is None:
            return _("за всё время")
        last = formats.long_day(self.last, lang) if self.last else _("сегодня")
        if self.first is None:
            return _("по %(last)s") % {"last": last}
        return _("с %(first)s по %(last)s") % {"first": formats.long_day(self.first, lang), "last": last}


def ready(code: str, today: date) -> Period:
    """A ready period that ends today. Raises KeyError for a code that is not among them."""
    firsts = {
        FOUR_WEEKS: today - timedelta(weeks=4, days=-1),
        TWELVE_WEEKS: today - timedelta(weeks=12, days=-1),
        QUARTER: date(today.year, 3 * ((today.month - 1) // 3) + 1, 1),
        EVER: None,
    }
    return Period(code, firsts[code])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
