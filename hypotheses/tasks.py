"""Celery's part: the daily look at running tests."""

from celery import shared_task

from common import clock
from hypotheses.services import deciding


@shared_task(name="hypotheses.tasks.look")
def look() -> None:
    deciding.look(at=clock.now())
