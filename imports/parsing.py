"""Cells into values: dates, sums and lists in the forms that people write them."""

import re
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from common.errors import FieldError, Invalid

_DATES = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y", "%d.%m.%y")
_UNITS = {"млн": 6, "тыс": 3, "млрд": 9, "mln": 6, "ming": 3, "mlrd": 9}
_SUM = re.compile(
    r"^(-?[\d\s.,]+?)\s*(млн|тыс|млрд|mln|ming|mlrd)?\.?\s*(сум|soʻm|so'm|uzs|руб|rub|₽|usd|\$)?\.?$", re.I
)
_PLAIN = re.compile(r"-?\d+([.,]\d+)?")
_COMMA_GROUPS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_POINT_GROUPS = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?")
YEARS = range(1990, 2101)


def wrong(field: str, code: str, message: str) -> Invalid:
    return Invalid(message, [FieldError(field, code, message)])


def moment(text: str, field: str, zone: ZoneInfo) -> datetime:
    """A date or a moment, in ISO form or day first; without a zone it is the reader's. Raises Invalid."""
    found = _iso(text) or _day_first(text)
    if found is None or found.year not in YEARS:
        message = _("«%(text)s» — не дата. Пишите 31.12.2026 или 2026-12-31.") % {"text": text[:40]}
        raise wrong(field, "date", message)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _day_first(text: str) -> datetime | None:
    for form in _DATES:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the caller's to add
        except ValueError:
            continue
    return None


def amount(text: str, field: str) -> Decimal:
    """``1 234,56``, ``1.234,56``, ``1,234.56``, ``12,5 млн``. Raises Invalid."""
    match = _SUM.match(text.replace("\u00a0", " ").replace("\u202f", " ").strip())
    number = _number(re.sub(r"\s", "", match[1])) if match else None
    if match is None or number is None:
        raise wrong(field, "number", _("«%(text)s» — не сумма. Пишите 12500000 или 12,5 млн.") % {"text": text[:40]})
    return number.scaleb(_UNITS.get((match[2] or "").lower(), 0)).quantize(Decimal("0.01"))


def _number(digits: str) -> Decimal | None:
    """One mark alone is the decimal one, unless it groups whole thousands more than once."""
    if _PLAIN.fullmatch(digits):
        return Decimal(digits.replace(",", "."))
    if _COMMA_GROUPS.fullmatch(digits):
        return Decimal(digits.replace(",", ""))
    if _POINT_GROUPS.fullmatch(digits):
        return Decimal(digits.replace(".", "").replace(",", "."))
    return None


def words(text: str) -> list[str]:
    """A list in one cell, separated by commas or semicolons."""
    return [part.strip()[:40] for part in re.split(r"[,;]", text) if part.strip()]
