"""Celery's part: take what is due. Several workers may drain at once; the lease keeps them apart."""

import time
from datetime import timedelta

from celery import shared_task

from common import clock
from jobs import answers, services, stopping

BUDGET_SECONDS = 60
KEEP_DONE = timedelta(days=14)


@shared_task(name="jobs.tasks.drain")
def drain() -> None:
    stop = time.monotonic() + BUDGET_SECONDS
    while time.monotonic() < stop and not stopping.told() and services.run_one():
        continue


@shared_task(name="jobs.tasks.sweep")
def sweep() -> None:
    services.sweep(before=clock.now() - KEEP_DONE)


@shared_task(name="jobs.tasks.sweep_answers")
def sweep_answers() -> None:
    answers.sweep(before=clock.now() - answers.KEPT_FOR)
