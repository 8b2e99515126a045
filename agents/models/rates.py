"""What a unit of another currency is worth, as the bank itself says."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Record, audited
from common.money import BASE, Currency


@audited()
class CurrencyRate(Record):
    """From a day on: units of the base currency for one of another. It holds until the next one."""

    currency = models.CharField(_("валюта"), max_length=3, choices=Currency.choices)
    since = models.DateField(_("с какого дня"))
    per_unit = models.DecimalField(_("сумов за единицу"), max_digits=15, decimal_places=4)

    class Meta:
        ordering: ClassVar = ["currency", "-since"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["currency", "since"], name="currency_rate_once_a_day"),
            models.CheckConstraint(condition=Q(per_unit__gt=0), name="currency_rate_above_zero"),
            models.CheckConstraint(condition=~Q(currency=BASE.value), name="currency_rate_not_of_base"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.plain}"

    @property
    def plain(self) -> Decimal:
        """Without the zeros that the column adds: 12650.5, not 12650.5000."""
        return Decimal(f"{self.per_unit.normalize():f}")
