"""Signs of life, kept in the database: from there every web process can tell of all of them."""

import logging
import os
import time
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Max

from audit.models import Anchoring
from common import clock
from monitoring.models import Heartbeat

log = logging.getLogger(__name__)
EVERY_SECONDS = 15.0
LATE_SECONDS = {"web": 60, "worker": 420, "beat": 120, "relay": 120, "backup": 26 * 3600, "audit_anchor": 2 * 3600}
"""Silence after which an operator should look. A worker may be at one task for five minutes."""
PROCESSES = frozenset({"web", "worker", "relay"})


class Throttle:
    """Lets through once in so many seconds of a process."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self._last = seconds, float("-inf")

    def __call__(self) -> bool:
        now = time.monotonic()
        if now - self._last < self.seconds:
            return False
        self._last = now
        return True


_due = Throttle(EVERY_SECONDS)


def beat(name: str, *, at: datetime, detail: str = "") -> None:
    """Note that this part is alive. Two of a kind write the same row: the later moment stays."""
    rows = [Heartbeat(name=name, seen_at=at, detail=detail[:200])]
    Heartbeat.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["name"], update_fields=["seen_at", "detail"]
    )


def beat_of_process() -> None:
    """Called whenever a worker starts a task, a relay looks for work: written every quarter of a minute, and a
    database that is away fails nothing. Other processes have no part of their own."""
    name = os.environ.get("CRM_PROCESS", "")
    if name not in PROCESSES or not _due() or connection.in_atomic_block:
        return
    try:
        with transaction.atomic():
            beat(name, at=clock.now())
    except (DatabaseError, InterfaceError) as error:
        log.warning("No heartbeat of %s: %s", name, type(error).__name__)
        connection.close_if_unusable_or_obsolete()


def ages(*, at: datetime) -> dict[str, float | None]:
    """Seconds since each part was heard of; None for one that never was."""
    moments = {row.name: row.seen_at for row in Heartbeat.objects.all()}
    anchored = Anchoring.objects.filter(taken=True).aggregate(newest=Max("at"))["newest"]
    if anchored is not None:
        moments["audit_anchor"] = anchored
    seen = {name: max((at - moment).total_seconds(), 0.0) for name, moment in moments.items()}
    return {name: seen.get(name) for name in (*LATE_SECONDS, *sorted(seen.keys() - LATE_SECONDS.keys()))}


def is_late(name: str, age: float | None) -> bool:
    return age is None or age > LATE_SECONDS.get(name, 3600)
