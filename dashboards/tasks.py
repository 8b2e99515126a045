"""Celery's part: one tick that owes what the clock asks for. The work itself is done by jobs."""

from celery import shared_task

from common import clock
from dashboards import duties


@shared_task(name="dashboards.tasks.owe_by_the_clock")
def owe_by_the_clock() -> None:
    duties.owe_by_the_clock(at=clock.now())
