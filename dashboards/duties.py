"""What this room owes by the clock and after a load: the night's forecast, the count of desks, the weekly letters."""

from datetime import datetime, time, timedelta
from uuid import UUID

from accounts.models import User
from common import clock
from common.events import publish
from dashboards import meeting_table
from dashboards.days import local
from dashboards.events import WeekReported
from dashboards.forecasting.runs import recount
from dashboards.loading import count_desks
from dashboards.weekly import due_now
from jobs.debounce import owe_once
from jobs.keeping import kept
from jobs.registry import JobRun
from jobs.services import Duty, owe

FORECAST_JOB, DESKS_JOB, LETTER_JOB = "forecast", "count_desks", "weekly_report"
NIGHT = time(2, 30)
"""After the night's rates, by the clock of the bank."""
AFTER_LOAD = timedelta(seconds=20)


def owe_forecast(*, at: datetime) -> None:
    """Owe the word anew, as after a load: outcomes with earlier dates came by the thousand."""
    owe_once(kind=FORECAST_JOB, group="forecast-load", payload={}, at=at, delay=AFTER_LOAD)


def owe_by_the_clock(*, at: datetime) -> None:
    """Owe the night's word, the count of desks and the Monday's letters once their hour has come.

    Each is a duty with a name of its own, so that it is owed once however often and by how many it is asked.
    """
    here = local(at)
    night = datetime.combine(here.date(), NIGHT, here.tzinfo)
    duties = [Duty(DESKS_JOB, f"desks:{_step(at):%Y-%m-%dT%H:%M}", {}, at)]
    if here >= night:
        duties.append(Duty(FORECAST_JOB, f"forecast:{here.date()}", {}, night))
    owe([*duties, *(_letter(user, due) for user, due in due_now(at))])


def _step(at: datetime) -> datetime:
    """The last whole ten minutes."""
    return at.replace(minute=at.minute - at.minute % 10, second=0, microsecond=0)


def _letter(user: User, due: datetime) -> Duty:
    """Owed half a day ahead, so that it is written at its minute; once a person and week."""
    return Duty(LETTER_JOB, f"{LETTER_JOB}:{user.pk}:{due:%G-W%V}", {"user": str(user.pk)}, due)


def work_forecast(run: JobRun) -> None:
    """Not atomic: it may take a minute, and its lease is kept meanwhile."""
    with kept(run):
        recount(at=clock.now())
        meeting_table.refresh(at=clock.now(), whole=True)


def work_desks(_run: JobRun) -> None:
    count_desks(at=clock.now())
    meeting_table.refresh(at=clock.now())


def work_letter(run: JobRun) -> None:
    """Atomic: the letter is written down and the duty is done together."""
    publish(WeekReported(user_id=UUID(run.payload["user"]), at=clock.now()))
