"""Celery's part: a tick that shows beat is alive, and the sweep of old runs."""

from celery import shared_task

from common import clock
from monitoring import heartbeats, runs


@shared_task(name="monitoring.tasks.beat")
def beat() -> None:
    heartbeats.beat("beat", at=clock.now())


@shared_task(name="monitoring.tasks.sweep")
def sweep() -> None:
    runs.sweep(before=clock.now() - runs.KEPT)
