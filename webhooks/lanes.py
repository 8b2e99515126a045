"""The way to one receiver: a queue in memory and a few threads. No database here."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from webhooks.sending import Parcel, Result, send

LANES = 4
"""Deliveries under way to one endpoint at a time."""


class Lane:
    """What is queued goes out in its order, ``LANES`` at a time. After a failure the rest is handed back unsent:
    the database decides when it is due again."""

    def __init__(self, pool: ThreadPoolExecutor, report: Callable[[Parcel, Result | None], None]) -> None:
        self._pool, self._report = pool, report
        self._queue: deque[Parcel] = deque()
        self._lock = threading.Lock()
        self._workers = 0

    def add(self, parcels: Sequence[Parcel]) -> None:
        with self._lock:
            self._queue.extend(parcels)
            fresh = min(LANES - self._workers, len(parcels))
            self._workers += fresh
        for _n in range(fresh):
            self._pool.submit(self._work)

    def clear(self) -> None:
        """Hand back what has not begun."""
        with self._lock:
            left = list(self._queue)
            self._queue.clear()
        for parcel in left:
            self._report(parcel, None)

    def _work(self) -> None:
        while (parcel := self._next()) is not None:
            result = send(parcel)
            self._report(parcel, result)
            if not result.accepted:
                self.clear()

    def _next(self) -> Parcel | None:
        with self._lock:
            if self._queue:
                return self._queue.popleft()
            self._workers -= 1
            return None
