"""Reading what the model said: the row of one group of the last run, week by week, and what it had said before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.scope import scope_of
from dashboards.choices import PeriodKind
from dashboards.days import DAY, day_of
from dashboards.models import ForecastRow, ForecastRun
from funnel.audience import Audience
from priority.forecast import SEASON_DAYS, WORST_ERROR, band

A_WEEK = timedelta(days=7)
SLACK = timedelta(days=3)
"""A run of last week may have been missed by some days and is still last week's."""


@dataclass(frozen=True, slots=True)
class Band:
    """Wins to expect, with both ends of the 80 % band. Money by currency, never added up."""

    wins: float
    low: float
    high: float
    margins: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Week:
    """What is to come within one calendar week; of the running one, what is still ahead of ``Foreseen.as_of``."""

    starts_on: date
    ends_on: date
    own: Band
    so_far: Band
    """From the run's moment to the end of this week."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was said of 28 days by the same method from what was known then, and what came of those leads."""

    said_on: date
    said: float
    came: float


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The word of a run for one group."""

    as_of: datetime
    open: int
    begun_days: float
    past_error: float
    enough: bool
    points: tuple[Mapping[str, Any], ...]
    checks: tuple[Check, ...]

    @property
    def days_missing(self) -> int:
        """Days of history that a season still wants."""
        return max(0, round(SEASON_DAYS - self.begun_days))

    @property
    def too_wrong(self) -> bool:
        return self.past_error > WORST_ERROR

    def until(self, period: str, last: date) -> Band | None:
        """From the run's moment to the end of a day that ends a week or a month; None beyond its horizon."""
        wanted = (period, last.isoformat())
        found = next((point for point in self.points if (point["period"], point["until"]) == wanted), None)
        return _band(found) if found else None

    @property
    def weeks(self) -> list[Week]:
        """Week by week: the differences of what is said until each end, with a band of their own."""
        found: list[Week] = []
        before: Mapping[str, Any] = {"wins": 0.0, "margins": {}}
        for point in self.points:
            if point["period"] != PeriodKind.WEEK:
                continue
            last = date.fromisoformat(point["until"])
            wins = max(point["wins"] - before["wins"], 0.0)
            low, high = band(wins, point["error"])
            margins = {code: max(sum_ - before["margins"].get(code, 0), 0.0) for code, sum_ in point["margins"].items()}
            found.append(Week(last - 6 * DAY, last, Band(wins, low, high, margins), _band(point)))
            before = point
        return found


def _band(point: Mapping[str, Any]) -> Band:
    return Band(point["wins"], point["low"], point["high"], point["margins"])


def foreseen(
    *,
    reader: User,
    audience: Audience,
    funnel_id: UUID,
    person: User | None = None,
    before: datetime | None = None,
) -> Foreseen | None:
    """The last word (``before`` a moment) for the reader's audience, or for one person in it. None where none was said.

    Whoever reads his own and his team's gets the team's. Of a person a head gets what lies in his branch: all of it
    where all of it does, else the part of the person's team. Two queries.
    """
    runs = ForecastRun.objects.order_by("-as_of")
    run = (runs.filter(as_of__lte=before) if before else runs).first()
    if run is None:
        return None
    rows = ForecastRow.objects.filter(run=run, funnel_id=funnel_id)
    row = _of_person(rows, reader, person) if person else _of_audience(rows, audience)
    return _read(run, row) if row else None


def foreseen_of(reader: User, shown: Iterable[User], funnel_id: UUID) -> dict[UUID, Foreseen]:
    """The last word for many people, by person; of whom nothing was said is not there. Two queries."""
    run = ForecastRun.objects.order_by("-as_of").first()
    wanted = {user.pk: user for user in shown}
    if run is None or not wanted:
        return {}
    by_user: dict[UUID, list[ForecastRow]] = defaultdict(list)
    for row in ForecastRow.objects.filter(run=run, funnel_id=funnel_id, user_id__in=list(wanted)):
        if row.user_id is not None:
            by_user[row.user_id].append(row)
    chosen = {pk: _chosen(rows, reader, wanted[pk]) for pk, rows in by_user.items()}
    return {pk: _read(run, row) for pk, row in chosen.items() if row is not None}


def week_before(now: Foreseen, **asked: Any) -> Foreseen | None:
    """The word of a week earlier for the same group; None where no run is as old as that."""
    then = foreseen(before=now.as_of - A_WEEK, **asked)
    return then if then and then.as_of >= now.as_of - A_WEEK - SLACK else None


def _of_audience(rows: Any, audience: Audience) -> ForecastRow | None:
    if audience.everything:
        return rows.filter(team=None, user=None).first()
    if audience.node_id is not None:
        return rows.filter(team_id=audience.node_id, user=None, whole=True).first()
    if len(audience.team_ids) == 1:
        # A team without others below it has one row for both meanings.
        return rows.filter(team_id__in=audience.team_ids, user=None).order_by("whole").first()
    return rows.filter(user_id=audience.owner_id, user__isnull=False).order_by("-whole").first()


def _of_person(rows: Any, reader: User, person: User) -> ForecastRow | None:
    return _chosen(list(rows.filter(user=person)), reader, person)


def _chosen(found: Sequence[ForecastRow], reader: User, person: User) -> ForecastRow | None:
    """Of a person's rows the one that this reader may count."""
    scope = scope_of(reader)
    whole = next((row for row in found if row.whole), None)
    parts = [row for row in found if not row.whole]
    seen = [row for row in parts if scope.everything or row.team_id in scope.team_ids]
    if reader.pk == person.pk or scope.everything or len(seen) == len(parts) > 1:
        return whole or (parts[0] if parts else None)
    own = [row for row in seen if row.team_id == person.team_id]
    return next(iter([*own, *seen]), None)


def _read(run: ForecastRun, row: ForecastRow) -> Foreseen:
    day = day_of(run.as_of)
    checks = tuple(Check(day - round(back) * DAY, said, came) for back, said, came in row.checked)
    return Foreseen(run.as_of, row.open, row.begun_days, row.past_error, row.enough_history, tuple(row.points), checks)
