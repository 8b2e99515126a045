"""What goals are counted from, fetched at once: entries into stages, standing results, values written down."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import (
    CharField,
    DecimalField,
    Exists,
    F,
    OuterRef,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from backlog.metrics import Source
from backlog.models import ActionResult, GoalValue
from common.prepared import Prepared, among
from funnel.choices import EntryEvent
from funnel.models import StageEntry


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that may count: ``code`` is the stage of an entry, ``kind`` and ``outcome`` tell a result."""

    source: Source
    at: datetime
    value: Decimal
    owner_id: UUID | None
    segment_id: UUID | None
    goal_id: UUID | None
    lead_id: UUID | None
    code: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """The people, stages and goals asked about, and the span of time that holds all of them."""

    owner_ids: Collection[UUID]
    stages: Collection[str]
    typed: Collection[UUID]
    since: datetime
    until: datetime


def figures_of(wanted: Wanted) -> Iterator[Figure]:
    """One query; oldest first."""
    rows = _FIGURES.rows(
        owners=list(wanted.owner_ids), stages=list(wanted.stages), goals=list(wanted.typed), since=wanted.since,
        until=wanted.until,
    )  # fmt: skip
    for row in sorted(rows, key=lambda row: row[1]):
        yield Figure(Source(row[0]), *row[1:])


def _figures(owners: Any, stages: Any, goals: Any, since: Any, until: Any) -> Any:
    return _entries(owners, stages, since, until).union(_results(owners, since, until), _values(goals, until), all=True)


def _entries(owners: Any, stages: Any, since: Any, until: Any) -> Any:
    """First entries only. ``first`` is judged over the whole log: a lead that comes back is not news. What was undone
    is no entry."""
    entered = StageEntry.objects.standing().filter(event=EntryEvent.ENTERED)
    earlier = entered.filter(lead_id=OuterRef("lead_id"), stage_id=OuterRef("stage_id"))
    earlier = earlier.filter(at__lt=OuterRef("at")) | earlier.filter(at=OuterRef("at"), pk__lt=OuterRef("pk"))
    rows = entered.filter(
        among(F("stage__code"), stages, CharField()), among(F("owner_id"), owners, UUIDField()), at__gte=since,
        at__lt=until,
    ).exclude(Exists(earlier))  # fmt: skip
    return rows.order_by().values_list(
        _text(Source.ENTRIES), "at", _ONE, "owner_id", "segment_id", _NOBODY, "lead_id", _code("stage__code"), _EMPTY
    )


def _results(owners: Any, since: Any, until: Any) -> Any:
    mine = among(F("action__owner_id"), owners, UUIDField())
    rows = ActionResult.objects.standing().filter(mine, at__gte=since, at__lt=until)
    segment = Coalesce("action__segment_id", "lead__segment_id")
    return rows.order_by().values_list(
        _text(Source.RESULTS), "at", _ONE, "action__owner_id", segment, "action__goal_id", "lead_id",
        _code("action__kind"), _code("outcome"),
    )  # fmt: skip


def _values(goals: Any, until: Any) -> Any:
    rows = GoalValue.objects.filter(among(F("goal_id"), goals, UUIDField()), at__lt=until)
    value = Cast(F("value"), DecimalField(max_digits=14, decimal_places=2))
    return rows.order_by().values_list(
        _text(Source.TYPED), "at", value, _NOBODY, _NOBODY, "goal_id", _NOBODY, _EMPTY, _EMPTY
    )


def _text(value: str) -> Any:
    return Value(str(value), output_field=CharField())


def _code(name: str) -> Any:
    return Cast(F(name), CharField())


_ONE = Value(Decimal(1), output_field=DecimalField(max_digits=14, decimal_places=2))
_NOBODY = Cast(Value(None), UUIDField())
_EMPTY = _text("")
_FIGURES = Prepared(_figures, owners=list, stages=list, goals=list, since=datetime, until=datetime)
