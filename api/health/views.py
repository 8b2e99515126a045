"""Health for probes: is this process alive, and can it do its work. No session, no sign-in, no page."""

import hmac
import logging
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from common import clock
from jobs.services import oldest_due_seconds
from monitoring import figures, heartbeats, metrics

log = logging.getLogger(__name__)
DISK_LEAST, DISK_SHARE = 100 * 1024 * 1024, 0.05
DATABASE_SECONDS = 1.0
REDIS_SECONDS = 0.5
LATE_SECONDS = 60
_migrated = False
# A database that hangs keeps whoever asked it: two may hang, the probes after them fail at once.
_askers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="probe")


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


@require_safe
def detail(request: HttpRequest) -> HttpResponse:
    """For the operator, by ``HEALTH_TOKEN``: what is left lying, and who was heard of when."""
    if not _opens(request, settings.HEALTH_TOKEN):
        return _closed()
    found = {figure.name: rows for figure, rows in figures.read()}
    ages = heartbeats.ages(at=clock.now()) if found["crm_heartbeat_age_seconds"] is not None else {}
    late = sorted(name for name, age in ages.items() if heartbeats.is_late(name, age))
    told: dict[str, Any] = {
        "oldest_due_job_seconds": _one(found["crm_job_oldest_due_seconds"]),
        "jobs": dict(found["crm_jobs"] or ()),
        "oldest_unnumbered_event_seconds": _one(found["crm_events_oldest_unnumbered_seconds"]),
        "oldest_transaction_seconds": _one(found["crm_database_oldest_transaction_seconds"]),
        "quarantine": bool(_one(found["crm_quarantine"])),
        "heartbeats": {name: {"age_seconds": age, "late": name in late} for name, age in ages.items()},
        "backup_age_seconds": ages.get("backup"),
        "audit_head_lag_seconds": _one(found["crm_audit_head_lag_seconds"]),
    }
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """The figures, by ``METRICS_TOKEN``; without one set there is no such page."""
    if not _opens(request, settings.METRICS_TOKEN):
        return _closed()
    kind = "text/plain; version=0.0.4; charset=utf-8"
    return HttpResponse(metrics.exposition(), content_type=kind, headers={"Cache-Control": "no-store"})


def _opens(request: HttpRequest, token: str) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


def _closed() -> HttpResponse:
    """A stranger learns nothing, not even that there is something to learn."""
    return JsonResponse({"status": "not found"}, status=404, headers={"Cache-Control": "no-store"})


def _one(rows: list[tuple[Any, ...]] | None) -> float | None:
    return float(rows[0][-1]) if rows else None


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
    """Within a second: one that hangs is as good as none."""
    return _askers.submit(_ask).result(DATABASE_SECONDS)


def _ask() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone()[0])
    finally:
        connection.close()


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
    usage = shutil.disk_usage(place)
    return usage.free > max(DISK_LEAST, usage.total * DISK_SHARE)


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
