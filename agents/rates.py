"""Reading the bank's rates: what amounts of different currencies are compared by."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.access import demand_settings
from accounts.models import User
from agents.models import CurrencyRate, Product
from common.errors import NotFound
from common.money import BASE


def rates_on(day: date) -> dict[str, Decimal]:
    """What a unit of each currency is worth in the base one on that day; a currency without a rate is not in it. One
    query."""
    rows = CurrencyRate.objects.filter(since__lte=day).order_by("currency", "-since").distinct("currency")
    return {BASE.value: Decimal(1), **dict(rows.values_list("currency", "per_unit"))}


def all_rates(user: User) -> list[CurrencyRate]:
    """The table, the newest of a currency first. Raises NotAllowed."""
    demand_settings(user)
    return list(CurrencyRate.objects.order_by("currency", "-since"))


def get_rate(user: User, pk: UUID) -> CurrencyRate:
    """Raises NotFound, NotAllowed."""
    demand_settings(user)
    found = CurrencyRate.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Такого курса нет."))
    return found


def without_rate(day: date) -> list[tuple[str, int]]:
    """Currencies of products that nobody has said the rate of by this day, and how many products stand in each."""
    rows = Product.objects.filter(margin__isnull=False).exclude(currency__in=rates_on(day)).order_by("currency")
    return list(rows.values_list("currency").annotate(n=Count("pk")))
