"""Celery's part: a tick that owes today's plans."""

from celery import shared_task

from common import clock
from outreach.services import planning


@shared_task(name="outreach.tasks.plan")
def plan() -> None:
    planning.owe_plans(at=clock.now())
