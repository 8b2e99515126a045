"""Celery's part: the tick that owes the engine's runs of the day."""

from celery import shared_task

from backlog.ranking import duties
from common import clock


@shared_task(name="backlog.tasks.owe_days_runs")
def owe_days_runs() -> None:
    duties.owe_days_runs(at=clock.now())
