"""Airtime: who talked how long on which day, and what the department makes together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate

from agents.models import Party
from calls.models import Call
from calls.querysets import LIKELY_EMPTY, TALK, CallQuerySet
from leads.models import Lead

_COUNTS: dict[str, Any] = {
    "calls": Count("pk"),
    "talks": Count("pk", filter=TALK),
    "empty": Count("pk", filter=LIKELY_EMPTY),
    "seconds": Sum("duration_seconds", filter=TALK, default=0),
}


@dataclass(frozen=True, slots=True)
class Airtime:
    """Calls, talks among them, talks that are likely empty, and the seconds of all talks."""

    calls: int = 0
    talks: int = 0
    empty: int = 0
    seconds: int = 0

    @property
    def average(self) -> int:
        """Seconds a talk."""
        return round(self.seconds / self.talks) if self.talks else 0


@dataclass(frozen=True, slots=True)
class PersonsDay:
    """``owner_id`` is None for calls that the exchange names nobody for."""

    owner_id: UUID | None
    name: str
    day: date
    airtime: Airtime


@dataclass(frozen=True, slots=True)
class PersonsTotal:
    owner_id: UUID | None
    name: str
    days: int
    airtime: Airtime

    @property
    def a_day(self) -> int:
        """Seconds on the line, on average over the days on which there were calls."""
        return round(self.airtime.seconds / self.days) if self.days else 0


def total(rows: "QuerySet[Call]") -> Airtime:
    """One query whatever the number of calls."""
    return Airtime(**rows.order_by().aggregate(**_COUNTS))


def by_person_and_day(rows: "QuerySet[Call]", *, zone: tzinfo, most: int) -> list[PersonsDay]:
    """Newest day first; a day is the reader's own. At most so many lines."""
    grouped = rows.order_by().annotate(day=TruncDate("at", tzinfo=zone)).values("day", "owner_id", "owner__name")
    lines = grouped.annotate(**_COUNTS).order_by("-day", "owner__name", "owner_id")[:most]
    return [PersonsDay(one["owner_id"], one["owner__name"] or "", one["day"], _of(one)) for one in lines]


def by_person(rows: "QuerySet[Call]", *, zone: tzinfo) -> list[PersonsTotal]:
    """Whoever talked longest first."""
    days = Count(TruncDate("at", tzinfo=zone), distinct=True)
    lines = rows.order_by().values("owner_id", "owner__name").annotate(days=days, **_COUNTS)
    found = [PersonsTotal(one["owner_id"], one["owner__name"] or "", one["days"], _of(one)) for one in lines]
    return sorted(found, key=lambda one: (-one.airtime.seconds, one.name))


def of_lead(lead: Lead) -> CallQuerySet:
    """The calls of a lead that its reader came to through its door, newest first."""
    return Call.objects.for_list().filter(lead=lead).order_by("-at", "-id")


def of_party(party: Party) -> CallQuerySet:
    return Call.objects.for_list().filter(party=party).order_by("-at", "-id")


def _of(line: Mapping[str, Any]) -> Airtime:
    return Airtime(**{name: line[name] for name in _COUNTS})
