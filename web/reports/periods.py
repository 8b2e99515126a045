"""Periods of the reports: whole days of the bank, ready ones and one's own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funnel.figures.days import midnight
from web import formats
from web.ui.registry import language

FOUR_WEEKS, TWELVE_WEEKS, QUARTER, YEAR, EVER, OWN = "4w", "12w", "quarter", "year", "all", "own"
READY = (
    (FOUR_WEEKS, gettext_lazy("4 недели")),
    (TWELVE_WEEKS, gettext_lazy("12 недель")),
    (QUARTER, gettext_lazy("Квартал")),
    (YEAR, gettext_lazy("Год")),
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
        return midnight(self.first) if self.first else None

    @property
    def end(self) -> datetime | None:
        """The first moment after the period."""
        return midnight(self.last + timedelta(days=1)) if self.last else None

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

    @property
    def stem(self) -> str:
        """The text for the end of a sentence: «г.» brings a dot of its own."""
        return self.text.rstrip(".")

    def starts_after(self, today: date) -> bool:
        return bool(self.first and self.first > today)

    def before(self, today: date) -> "Period | None":
        """The period of the same length that ended the day before this one began; none where it has no beginning."""
        return self._moved(-1, today)

    def after(self, today: date) -> "Period | None":
        """The next one of the same length, not further than today; none for a period that already lasts until now."""
        found = self._moved(1, today) if self.last and self.last < today else None
        return found and Period(OWN, found.first, min(found.last or today, today))

    def _moved(self, times: int, today: date) -> "Period | None":
        last = self.last or today
        if self.first is None or self.first > last:
            return None
        length = (last - self.first + timedelta(days=1)) * times
        moved = Period(OWN, self.first + length, last + length)
        years = [day.year for day in (moved.first, moved.last) if day]
        return moved if all(FIRST_YEAR <= year <= LAST_YEAR for year in years) else None


def ready(code: str, today: date) -> Period:
    """A ready period that ends today. Raises KeyError for a code that is not among them."""
    firsts = {
        FOUR_WEEKS: today - timedelta(weeks=4, days=-1),
        TWELVE_WEEKS: today - timedelta(weeks=12, days=-1),
        QUARTER: date(today.year, 3 * ((today.month - 1) // 3) + 1, 1),
        YEAR: date(today.year, 1, 1),
        EVER: None,
    }
    return Period(code, firsts[code])
