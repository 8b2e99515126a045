"""Celery's part: the morning's look at the lawyers' deadlines is a duty, and this tick owes it."""

from celery import shared_task

from common import clock
from documents.services import legal


@shared_task(name="documents.tasks.owe_the_day")
def owe_the_day() -> None:
    legal.owe_the_day(at=clock.now())
