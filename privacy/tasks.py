"""Beat's tick of this room."""

from celery import shared_task
from django.utils import timezone

from common import clock
from privacy.services import aging

HOUR = 3
"""In the bank's zone: at night, when nobody waits for the database."""


@shared_task
def owe_retention() -> None:
    at = clock.now()
    if timezone.localtime(at, timezone.get_default_timezone()).hour >= HOUR:
        aging.owe_day(at=at)
