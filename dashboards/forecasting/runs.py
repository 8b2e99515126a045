"""A run: the word of one midnight for everybody, in one transaction. The same midnight again replaces it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from common import clock
from dashboards.choices import PeriodKind
from dashboards.days import begin, day_of, end, night_of, week_ends
from dashboards.forecasting.groups import groups
from dashboards.forecasting.reading import Known, days_of, known_before
from dashboards.models import ForecastRow, ForecastRun
from priority.outlook import Outlook, outlook, roads

KEEP_DAILY, KEEP_WEEKLY = timedelta(days=15), timedelta(days=400)
MONDAY = 0
PLACES = 4
_ROOM = 0x464F5245  # «FORE», so that no other advisory lock meets it


@transaction.atomic
def recount(*, at: datetime) -> int:
    """Say anew what the last midnight before ``at`` foresaw. Returns how many rows were stored.

    Killed in the middle it leaves the old rows; two at once follow one another. What came into the log with an earlier
    date since then (an import) is in the new word.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '240s'")
        cursor.execute("SET LOCAL lock_timeout = '120s'")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ROOM])
    night = night_of(at)
    known = known_before(night)
    ForecastRun.objects.filter(as_of=night).delete()
    run = ForecastRun.objects.create(as_of=night, finished_at=clock.now(), leads=len(known))
    rows = ForecastRow.objects.bulk_create(_rows(run, known), batch_size=500)
    _forget(night)
    return len(rows)


def _rows(run: ForecastRun, known: Known) -> Iterator[ForecastRow]:
    now = days_of(run.as_of)
    moments = _moments(day_of(run.as_of))
    horizons = [days for days, _period, _until in moments]
    everybody = roads(known.outcomes, now, known.margins)
    for place, funnel_id in enumerate(known.funnel_ids):
        for group in groups(known, place):
            said = outlook(everybody.of(group.rows), horizons)
            yield ForecastRow(
                run=run, funnel_id=funnel_id, team_id=group.team_id, user_id=group.user_id, whole=group.whole,
                open=said.open, begun_days=said.begun, past_error=said.past_error,
                enough_history=said.enough_history, points=_points(said, moments, known.currencies),
                checked=[[back, round(told, PLACES), came] for back, told, came in said.checked],
            )  # fmt: skip


def _moments(day: date) -> list[tuple[int, str, date]]:
    """Ends of this week and those after it, of this month and the next: days until each, in order."""
    this = end(PeriodKind.MONTH, begin(PeriodKind.MONTH, day))
    months = [this, end(PeriodKind.MONTH, this + timedelta(days=1))]
    found = [((until - day).days + 1, str(PeriodKind.WEEK), until) for until in week_ends(day)]
    found += [((until - day).days + 1, str(PeriodKind.MONTH), until) for until in months]
    return sorted(found)


def _points(said: Outlook, moments: list[tuple[int, str, date]], currencies: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {
            "period": period,
            "until": until.isoformat(),
            "days": point.days,
            "wins": round(point.wins, PLACES),
            "low": round(point.low80, PLACES),
            "high": round(point.high80, PLACES),
            "error": round(point.past_error, PLACES),
            "margins": {code: round(sum_, 2) for code, sum_ in zip(currencies, point.margins, strict=True) if sum_},
        }
        for point, (_days, period, until) in zip(said.points, moments, strict=True)
    ]


def _forget(night: datetime) -> None:
    """Every night of two weeks is kept, then that of each Monday for a year."""
    old = ForecastRun.objects.filter(as_of__lt=night - KEEP_DAILY)
    ids = [run.pk for run in old if day_of(run.as_of).weekday() != MONDAY or run.as_of < night - KEEP_WEEKLY]
    ForecastRun.objects.filter(pk__in=ids).delete()
