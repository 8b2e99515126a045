"""What came: signed contracts and their margin in days of the bank, by the owner and team of that time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from agents.models import Initiative, Product
from dashboards.choices import PeriodKind
from dashboards.days import DAY, begin, midnight
from funnel.figures import counting
from funnel.figures.counting import TALLIES, Window, tallies
from funnel.figures.query import FunnelQuery
from funnel.models import Stage

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Came:
    """``margins`` by currency; ``unpriced`` are contracts of products that say no margin."""

    count: int
    margins: Mapping[str, Decimal]
    unpriced: int


def count(query: FunnelQuery, win: Stage, first: date, last: date, *, before: datetime | None = None) -> int:
    """First entries into the win on these days, both included; of those before a moment. Two statements."""
    start, end = midnight(first), midnight(last + DAY)
    asked = replace(query, start=start, end=min(end, before) if before else end)
    return sum(tally.entered for tally in tallies(asked, [win.pk], by=[]).values())


@dataclass(frozen=True, slots=True)
class Prices:
    """What one contract earns now, by product; initiatives stand for their product. Read once a page."""

    products: Mapping[UUID, tuple[Decimal, str]]
    initiatives: Mapping[UUID, UUID]

    def of(self, product: UUID | None, initiative: UUID | None) -> tuple[Decimal, str] | None:
        own = self.products.get(product) if product else None
        led = self.initiatives.get(initiative) if initiative else None
        return own or (self.products.get(led) if led else None)


def prices() -> Prices:
    """Two queries."""
    rows = Product.objects.filter(margin__gt=0).values_list("pk", "margin", "currency")
    products = {pk: (margin, currency) for pk, margin, currency in rows if margin is not None}
    return Prices(products, dict(Initiative.objects.values_list("pk", "product_id")))


def by_initiative(
    query: FunnelQuery, win: Stage, days: Mapping[UUID, tuple[date, date]], known: Prices
) -> dict[UUID, Came]:
    """What each initiative of ``days`` brought between its first and its last day. Two statements: initiatives of the
    same days are counted together."""
    spans = set(days.values())
    windows = [Window(str(span), [win.pk], midnight(span[0]), midnight(span[1] + DAY)) for span in spans]
    asked = query.among(initiative_id=list(days))
    counted = counting.count(asked, windows, by=["initiative_id", "product_id"], cubes=TALLIES) if days else {}
    found: dict[UUID, list[tuple[UUID | None, int]]] = {pk: [] for pk in days}
    for pk, span in days.items():
        for (initiative, product), tally in counted[str(span)].items():
            if initiative == pk:
                found[pk].append((product, tally.entered))
    return {pk: _came(pk, brought, known) for pk, brought in found.items()}


def _came(initiative: UUID, counted: Iterable[tuple[UUID | None, int]], known: Prices) -> Came:
    total, unpriced, margins = 0, 0, dict[str, Decimal]()
    for product, number in counted:
        total += number
        price = known.of(product, initiative)
        if price is None:
            unpriced += number
        else:
            margins[price[1]] = margins.get(price[1], Decimal(0)) + number * price[0]
    return Came(total, margins, unpriced)


def by_week(query: FunnelQuery, win: Stage, first: date, weeks: int) -> list[tuple[date, int]]:
    """Monday and wins of so many weeks from a Monday on, empty ones too. Two statements."""
    asked = query.over(first, first + weeks * WEEK - DAY)
    found: dict[date, int] = defaultdict(int)
    for (day,), tally in tallies(asked, [win.pk], by=["begin"]).items():
        found[begin(PeriodKind.WEEK, day)] += tally.entered
    mondays = [first + number * WEEK for number in range(weeks)]
    return [(monday, found[monday]) for monday in mondays]


def by_person(query: FunnelQuery, win: Stage, first: date, last: date) -> dict[UUID | None, int]:
    """By the owner of that time. Two statements."""
    counted = tallies(query.over(first, last), [win.pk], by=["owner_id"])
    return {owner: tally.entered for (owner,), tally in counted.items()}
