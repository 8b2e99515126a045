"""Celery's part: warnings before a token ends, and letting go of old lines of the access log and ended sessions."""

from celery import shared_task

from accounts import calls, expiry, guesses, sessions
from common import clock


@shared_task(name="accounts.tasks.warn_of_expiry")
def warn_of_expiry() -> None:
    expiry.warn(at=clock.now())


@shared_task(name="accounts.tasks.sweep_calls")
def sweep_calls() -> None:
    calls.sweep(at=clock.now())


@shared_task(name="accounts.tasks.sweep_sessions")
def sweep_sessions() -> None:
    sessions.sweep(at=clock.now())
    guesses.sweep(at=clock.now())
