"""Celery's part: the sweep of contract files that nothing points to."""

from datetime import timedelta

from celery import shared_task

from common import clock
from leads.services import contract_files

SETTLED = timedelta(days=1)


@shared_task(name="leads.tasks.sweep_contract_files")
def sweep_contract_files() -> None:
    contract_files.sweep_files(before=clock.now() - SETTLED)
