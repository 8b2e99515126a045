"""Counting leads: the tabs of the list, its sums, the columns of the board. Each answer is one or two queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum, Value, Window
from django.db.models.functions import RowNumber

from accounts.models import User
from common.money import Currency, Money
from funnel.models import Funnel, Stage
from funnel.selectors import Median
from leads.filters import VIEWS, view_q
from leads.models import Lead
from leads.querysets import OPEN, LeadQuerySet

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many leads, and their amounts by currency: sums of different currencies are never added."""

    count: int
    sums: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A stage on the board. ``median_days`` is how long its open leads have been standing there; None without any."""

    stage: Stage
    totals: Totals
    median_days: float | None


def overview(rows: LeadQuerySet, *, view: str, user: User, at: datetime) -> tuple[dict[str, int], Totals]:
    """How many of these leads each view shows, and the totals of one view. One query for both."""
    conditions = {name: view_q(name, user, at) for name, _label in VIEWS}
    counts = {f"in_{name}": Count("pk", filter=condition) for name, condition in conditions.items()}
    row = rows.order_by().aggregate(**counts, **_sums(conditions[view]))
    found = {name: row[f"in_{name}"] for name in conditions}
    return found, _totals(row, found[view])


def columns_of(rows: LeadQuerySet, *, funnel: Funnel, at: datetime) -> list[Column]:
    """A column for each active stage, and for a retired one on which somebody still stands. Two queries."""
    standing = Median(Value(at) - F("stage_entered_at"), filter=OPEN)
    counted = rows.order_by().values("stage_id").annotate(n=Count("pk"), standing=standing, **_sums(Q()))
    by_stage = {row["stage_id"]: row for row in counted}
    stages = Stage.objects.of_funnel(funnel.pk)
    return [_column(stage, by_stage.get(stage.pk)) for stage in stages if stage.active or stage.pk in by_stage]


def newest_of_each_stage(rows: LeadQuerySet, limit: int) -> list[Lead]:
    """The ``limit`` leads of each stage that came there last. One query, whatever the number of stages."""
    place = Window(RowNumber(), partition_by="stage_id", order_by=["-stage_entered_at", "id"])
    return list(rows.order_by().annotate(place=place).filter(place__lte=limit).order_by("-stage_entered_at", "id"))


def _sums(condition: Q) -> dict[str, Sum]:
    return {code: Sum("amount", filter=condition & Q(currency=code)) for code in Currency.values}


def _totals(row: dict[str, Any], count: int) -> Totals:
    sums = ((row[code], code) for code in Currency.values)
    return Totals(count, tuple(Money(amount, code) for amount, code in sums if amount))


def _column(stage: Stage, row: dict[str, Any] | None) -> Column:
    if row is None:
        return Column(stage, Totals(0, ()), None)
    standing = row["standing"]
    return Column(stage, _totals(row, row["n"]), None if standing is None else max(standing, timedelta()) / _DAY)
