"""Celery's part: the sweep of contract files that nothing points to, and the day's look at promises of value."""

from datetime import timedelta

from celery import shared_task

from common import clock
from leads.services import contract_files, value

SETTLED = timedelta(days=1)


@shared_task(name="leads.tasks.sweep_contract_files")
def sweep_contract_files() -> None:
    contract_files.sweep_files(before=clock.now() - SETTLED)


@shared_task(name="leads.tasks.owe_the_day")
def owe_the_day() -> None:
    value.owe_the_day(at=clock.now())
