"""Health for probes: is this process alive, and can it do its work. No session, no sign-in, no page."""

import logging
import shutil
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs.services import oldest_due_seconds

log = logging.getLogger(__name__)
DISK_LEAST = 100 * 1024 * 1024
REDIS_SECONDS = 0.5
LATE_SECONDS = 60
_migrated = False


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked, so that a database that is down restarts no web server."""
    return _answer("ok", 200)


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """503 when work would fail: no database, migrations not applied, no room for files. Redis only degrades."""
    checks: dict[str, bool] = {}
    for name, check in CHECKS.items():
        # Without a database the migrations are not asked for: the probe would wait for it twice.
        checks[name] = (
            checks.get("database", True) and _holds(name, check) if name == "migrations" else _holds(name, check)
        )
    if not all(checks[name] for name in NEEDED):
        return _answer("unavailable", 503, checks)
    return _answer("ok" if all(checks.values()) else "degraded", 200, checks)


def _answer(status: str, code: int, checks: dict[str, bool] | None = None) -> HttpResponse:
    told = {"checks": {name: "ok" if holds else "failed" for name, holds in checks.items()}} if checks else {}
    return JsonResponse({"status": status, **told}, status=code, headers={"Cache-Control": "no-store"})


def _holds(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:  # a probe reports whatever is wrong, it never fails itself
        log.warning("Health check %s: %s", name, type(error).__name__)
        return False


def database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone()[0])


def migrations_are_applied() -> bool:
    """Asked of the files once a process: what has been applied stays applied."""
    global _migrated  # noqa: PLW0603 - one answer per process
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def disk_has_room() -> bool:
    place = settings.MEDIA_ROOT
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free > DISK_LEAST


def redis_answers() -> bool:
    client = redis.Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return bool(client.ping())
    finally:
        client.close()


def work_is_done_in_time() -> bool:
    """No job has been due for long: else no worker is up, or they do not keep pace."""
    return oldest_due_seconds() < LATE_SECONDS


NEEDED = ("database", "migrations", "disk")
CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_are_applied,
    "disk": disk_has_room,
    "redis": redis_answers,
    "work": work_is_done_in_time,
}
