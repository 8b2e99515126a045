"""Celery's part. Both ticks are harmless to repeat; reminders and messages themselves are jobs."""

from datetime import timedelta

from celery import shared_task

from common import clock
from notifications.services import digests, keeping

KEEP = timedelta(days=90)


@shared_task(name="notifications.tasks.gather_digests")
def gather_digests() -> None:
    digests.gather(at=clock.now())


@shared_task(name="notifications.tasks.sweep")
def sweep() -> None:
    keeping.sweep(before=clock.now() - KEEP)
