"""Celery's part: what is left of large batches goes when nobody asks for it any more."""

from datetime import timedelta

from celery import shared_task

from common import clock
from imports import bulk

KEPT_FOR = timedelta(days=30)


@shared_task(name="imports.tasks.sweep_bulk_loads")
def sweep_bulk_loads() -> None:
    bulk.sweep(before=clock.now() - KEPT_FOR)
