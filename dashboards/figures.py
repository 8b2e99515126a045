"""The overview as plain numbers: what a letter carries until it is put into words, and what the page's words are made
of, so that the two cannot differ."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Self

from dashboards.overview import Overview
from dashboards.pacing import Pace
from funnel.statistics import Rate

Pair = tuple[int, int]
"""So many of so many."""


@dataclass(frozen=True, slots=True)
class Figures:
    """``before`` is a week earlier; None where it is not known. Days are ISO texts, so that it may be kept as JSON."""

    at: str
    stand: str
    source: str
    people: int
    first: str
    last: str
    fact: float
    plan: float | None
    pace: float | None
    pace_before: float | None
    projected: float | None
    until: str | None
    expected: tuple[float, float, float] | None
    expected_before: float | None
    enough: bool
    days_missing: int
    past_error: float
    conversion: Pair
    conversion_before: Pair
    touch: float | None
    touch_before: float | None
    late: Pair
    late_before: Pair | None
    shown: Pair
    shown_before: Pair

    def facts(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Self | None:
        """From what ``facts`` gave, after a journey through JSON; None where something is missing."""
        names = [field.name for field in fields(cls)]
        if not all(name in facts for name in names):
            return None
        kept: dict[str, Any] = {
            name: tuple(facts[name]) if isinstance(facts[name], list) else facts[name] for name in names
        }
        return cls(**kept)


def figures_of(found: Overview, at: datetime) -> Figures:
    pace, expected, said = found.pace, found.expected, found.foreseen
    return Figures(
        at=at.isoformat(),
        stand=pace.stand,
        source=found.plan.source if found.plan else "",
        people=found.plan.people if found.plan else 0,
        first=pace.first.isoformat(),
        last=pace.last.isoformat(),
        fact=float(pace.fact),
        plan=_float(pace.plan),
        pace=_float(pace.value),
        pace_before=_pace(found.pace_before),
        projected=_float(pace.projected),
        until=_day(expected.until if expected else None),
        expected=(expected.low, expected.middle, expected.high) if expected else None,
        expected_before=found.expected_before.middle if found.expected_before else None,
        enough=bool(expected and expected.enough),
        days_missing=said.days_missing if said else 0,
        past_error=said.past_error if said else 0.0,
        conversion=_pair(found.tiles.conversion),
        conversion_before=_pair(found.tiles_before.conversion),
        touch=found.tiles.touch,
        touch_before=found.tiles_before.touch,
        late=_pair(found.late.rate),
        late_before=_pair(found.late_before.rate) if found.late_before else None,
        shown=_pair(found.tiles.shown),
        shown_before=_pair(found.tiles_before.shown),
    )


def _pair(rate: Rate) -> Pair:
    return rate.k, rate.n


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _pace(pace: Pace | None) -> float | None:
    return _float(pace.value) if pace else None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
