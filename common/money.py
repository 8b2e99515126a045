"""Money is decimal with its currency; different currencies are never added, compared only by the bank's rate."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _


class Currency(models.TextChoices):
    UZS = "UZS", _("сум")
    RUB = "RUB", _("₽")
    USD = "USD", _("$")


BASE = Currency.UZS
"""What amounts of different currencies are compared in."""


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def amount_field(**kwargs: object) -> "models.DecimalField[Decimal | None, Decimal | None]":
    """A nullable decimal(18,2): room for sums in Uzbek soums down to the tiyin."""
    options: dict[str, object] = {"max_digits": 18, "decimal_places": 2, "null": True, "blank": True}
    return models.DecimalField(**(options | kwargs))  # type: ignore[arg-type]


def currency_field() -> "models.CharField[str, str]":
    return models.CharField(max_length=3, choices=Currency.choices, default=Currency.UZS)
