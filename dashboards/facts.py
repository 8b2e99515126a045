"""What came: signed contracts and their margin in days of the bank, by the owner and team of that time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone

from agents.models import Initiative, Product
from dashboards.days import DAY, day_of, midnight
from funnel.figures.query import FunnelQuery, passages
from funnel.models import Stage
from funnel.querysets import PassageQuerySet

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Came:
    """``margins`` by currency; ``unpriced`` are contracts of products that say no margin."""

    count: int
    margins: Mapping[str, Decimal]
    unpriced: int


def wins(query: FunnelQuery, win: Stage, first: date | None, last: date | None) -> PassageQuerySet:
    """First entries into the win on these days, both included."""
    start = midnight(first) if first else None
    end = midnight(last + DAY) if last else None
    rows: PassageQuerySet = passages(query).filter(stage=win).entered_between(start, end)
    return rows


def count(query: FunnelQuery, win: Stage, first: date, last: date, *, before: datetime | None = None) -> int:
    rows = wins(query, win, first, last)
    return (rows.filter(entered_at__lt=before) if before else rows).count()


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
    """What each initiative of ``days`` brought between its first and its last day. One query."""
    own = Q(pk__in=[])
    for pk, (first, last) in days.items():
        own |= Q(initiative_id=pk, entered_at__gte=midnight(first), entered_at__lt=midnight(last + DAY))
    rows = passages(query).filter(own, stage=win).order_by().values_list("initiative_id", "product_id")
    found: dict[UUID, list[tuple[UUID | None, int]]] = {pk: [] for pk in days}
    for initiative, product, number in rows.annotate(n=Count("pk")):
        found[initiative].append((product, number))
    return {pk: _came(pk, counted, known) for pk, counted in found.items()}


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
    """Monday and wins of so many weeks from a Monday on, empty ones too. One query."""
    rows = wins(query, win, first, first + weeks * WEEK - DAY).order_by()
    week = TruncWeek("entered_at", tzinfo=timezone.get_default_timezone())
    found = {day_of(row["week"]): row["n"] for row in rows.annotate(week=week).values("week").annotate(n=Count("pk"))}
    mondays = [first + number * WEEK for number in range(weeks)]
    return [(monday, found.get(monday, 0)) for monday in mondays]


def by_person(query: FunnelQuery, win: Stage, first: date, last: date) -> dict[UUID | None, int]:
    """By the owner of that time. One query."""
    rows = wins(query, win, first, last).order_by().values_list("owner_id").annotate(n=Count("pk"))
    return dict(rows)
