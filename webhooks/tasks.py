"""Celery's part: old events go."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from common import clock
from webhooks.services import keeping


@shared_task(name="webhooks.tasks.sweep")
def sweep() -> None:
    keeping.sweep(before=clock.now() - timedelta(days=settings.EVENTS_KEPT_DAYS))
