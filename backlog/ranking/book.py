"""What a ranking looks up: rates and margins. All of it small, read once a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from statistics import median
from uuid import UUID

from agents.models import Initiative, Product
from agents.rates import rates_on
from backlog.ranking.rates import Learnt

NOTHING_KNOWN = 1.0
"""The margin where no product says one: the order then goes by chance and effort."""
FORMULA = 1
"""Raised whenever the engine's arithmetic changes, so that every stored score is written anew."""


@dataclass(frozen=True, slots=True)
class Margins:
    """What a sale earns, by product and by initiative (its product's); ``usual`` is the median of the known ones."""

    products: Mapping[UUID, float]
    initiatives: Mapping[UUID, float]
    usual: float

    def of(self, product_id: UUID | None, initiative_id: UUID | None) -> float:
        """The product's, else the initiative's, else the usual one."""
        own = self.products.get(product_id) if product_id else None
        led = self.initiatives.get(initiative_id) if initiative_id else None
        return own if own is not None else led if led is not None else self.usual


def margins(day: date) -> Margins:
    """In the base currency, by the bank's rates of that day. Three queries. A product without a margin counts as
    unknown, and so does one whose currency has no rate: rubles are never set against soums as plain numbers."""
    rates = {currency: float(rate) for currency, rate in rates_on(day).items()}
    rows = Product.objects.filter(margin__isnull=False, currency__in=rates).order_by("pk")
    products = {
        pk: max(float(margin), 0.0) * rates[currency]
        for pk, margin, currency in rows.values_list("pk", "margin", "currency")
        if margin is not None
    }
    led = Initiative.objects.order_by("pk").values_list("pk", "product_id")
    initiatives = {pk: products[product] for pk, product in led if product in products}
    return Margins(products, initiatives, median(products.values()) if products else NOTHING_KNOWN)


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that turns a lead's columns into a score."""

    learnt: Mapping[str, Learnt]
    margins: Margins

    @property
    def stages(self) -> list[UUID]:
        """Every stage from which a step leads on."""
        return [stage for known in self.learnt.values() for stage in known.funnel.place]

    def edition(self, as_of: datetime) -> int:
        """A number for all that is looked up: another one where any rate, margin, belief or the morning differs."""
        said = [
            (known.cells, known.funnel.settings, known.funnel.half_lives.tolist(), sorted(known.funnel.place.items()))
            for known in self.learnt.values()
        ]
        whole = repr((FORMULA, as_of.timestamp(), said, self.margins)).encode()
        return int.from_bytes(blake2b(whole, digest_size=8).digest(), "big", signed=True)
