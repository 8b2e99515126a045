"""The table of rates, kept by the administrator."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_administrator
from accounts.models import User
from agents.models import CurrencyRate
from common.changes import save_changes
from common.errors import FieldError, Invalid
from common.money import BASE, Currency

AHEAD = timedelta(days=31)
EARLIEST = date(2020, 1, 1)
BIGGEST = Decimal(10**9)
_PLACES = Decimal("0.0001")


@transaction.atomic
def set_rate(*, by: User, currency: str, since: date, per_unit: Decimal, today: date) -> CurrencyRate:
    """Say what a unit of a currency is worth from a day on; said again for the same day it mends the rate.

    Raises Invalid (the base currency itself, a rate that is none, a day out of reach), NotAllowed.
    """
    demand_administrator(by)
    if errors := [*_wrong_currency(currency), *_wrong_rate(per_unit), *_wrong_day(since, today)]:
        raise Invalid(errors[0].message, errors)
    rate, created = CurrencyRate.objects.select_for_update(no_key=True).get_or_create(
        currency=currency, since=since, defaults={"per_unit": per_unit}
    )
    return rate if created else save_changes(rate, {"per_unit": per_unit})


@transaction.atomic
def remove_rate(*, by: User, rate: CurrencyRate) -> None:
    """The rate of before holds on. Raises NotAllowed."""
    demand_administrator(by)
    CurrencyRate.objects.filter(pk=rate.pk).delete()


def _wrong_currency(currency: str) -> list[FieldError]:
    if currency not in Currency.values or currency == BASE:
        return [FieldError("currency", "unknown", _("Выберите рубль или доллар: в сумах считают и без курса."))]
    return []


def _wrong_rate(per_unit: Decimal) -> list[FieldError]:
    if not per_unit.is_finite() or not 0 < per_unit <= BIGGEST or per_unit != per_unit.quantize(_PLACES):
        text = _("Укажите, сколько сумов стоит единица: больше нуля, до четырёх знаков после запятой.")
        return [FieldError("per_unit", "range", text)]
    return []


def _wrong_day(since: date, today: date) -> list[FieldError]:
    if not EARLIEST <= since <= today + AHEAD:
        return [FieldError("since", "range", _("День с 2020 года и не дальше месяца вперёд."))]
    return []
