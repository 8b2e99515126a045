"""Celery's part: the tick of the rollup."""

from celery import shared_task

from common import clock
from funnel import rollups


@shared_task(name="funnel.tasks.refresh_rollup")
def refresh_rollup() -> None:
    rollups.refresh(at=clock.now(), wait=False)
