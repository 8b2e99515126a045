"""Ticks of this room."""

from celery import shared_task

from common import clock
from forms.keeping import forget_addresses


@shared_task(name="forms.tasks.forget")
def forget() -> None:
    forget_addresses(at=clock.now())
