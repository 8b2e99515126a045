"""Counting a test's sample: per arm, per sub-segment, per day. Always as of a moment, from the log alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from funnel.statistics import Rate
from hypotheses import sql
from hypotheses.models import Hypothesis
from priority.verdict import Arm as Counted


@dataclass(frozen=True, slots=True)
class ArmCount:
    """``n`` are resolved leads, ``k`` those of them that reached the success stage; ``open`` are in neither.

    ``mature_n`` and ``mature_k`` are the same over leads that have had the time to come out either way.
    """

    members: int = 0
    n: int = 0
    k: int = 0
    mature_n: int = 0
    mature_k: int = 0
    first_joined_at: datetime | None = None

    @property
    def failed(self) -> int:
        return self.n - self.k

    @property
    def open(self) -> int:
        return self.members - self.n

    @property
    def rate(self) -> Rate:
        return Rate(self.k, self.n)


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """The leads of one sub-segment, of all arms together; the segment is that of the lead's first entry."""

    segment_id: UUID
    name: str
    members: int
    n: int
    k: int

    @property
    def rate(self) -> Rate:
        return Rate(self.k, self.n)


NOTHING = ArmCount()


def counts_of(hypotheses: Iterable[Hypothesis], asof: datetime) -> dict[int, ArmCount]:
    """By arm; an arm without leads is absent. One query for any number of tests."""
    ids = [row.pk for row in hypotheses]
    if not ids:
        return {}
    rows = _rows(sql.COUNTS, hypotheses=ids, asof=asof)
    return {arm: ArmCount(*figures) for arm, *figures in rows}


def by_segment(hypothesis: Hypothesis, asof: datetime) -> list[SegmentCount]:
    """Where it works best: the surest first (by the lower end of the interval)."""
    rows = [SegmentCount(*row) for row in _rows(sql.BY_SEGMENT, hypotheses=[hypothesis.pk], asof=asof)]
    return sorted(rows, key=lambda row: (-(row.rate.interval or (0.0, 0.0))[0], -row.n, row.name))


Days = dict[date, dict[int, Counted]]


def by_day(hypotheses: Iterable[Hypothesis], asof: datetime) -> dict[UUID, Days]:
    """Leads resolved on each day of the bank's calendar, by test, day and arm. One query."""
    ids = [row.pk for row in hypotheses]
    found: dict[UUID, Days] = defaultdict(lambda: defaultdict(dict))
    if ids:
        for test, arm, day, n, k in _rows(sql.BY_DAY, hypotheses=ids, asof=asof, zone=settings.TIME_ZONE):
            found[test][day][arm] = Counted(n, k)
    return found


def members_of(
    hypotheses: Iterable[Hypothesis], *, asof: datetime, arm: str | None = "", fate: str | None = ""
) -> list[UUID]:
    """Ids of the samples' leads: of one arm where its letter is given, of one fate (reached, failed, open) likewise."""
    ids = [row.pk for row in hypotheses]
    place = ord(arm) - ord("A") if arm else None
    return [pk for (pk,) in _rows(sql.MEMBERS, hypotheses=ids, place=place, fate=fate or "", asof=asof)]


def arrivals(
    *, initiative_id: UUID, segments: Collection[UUID], funnel_id: Any, product_id: UUID | None,
    teams: Collection[UUID] | None, since: datetime, asof: datetime,
) -> int:  # fmt: skip
    """How many leads came into the funnel in a period, by the dimensions of their first entry."""
    rows = _rows(
        sql.ARRIVALS, initiative=initiative_id, segments=list(segments), funnel=funnel_id, product=product_id,
        teams=None if teams is None else list(teams), since=since, asof=asof,
    )  # fmt: skip
    return int(rows[0][0])


def _rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
