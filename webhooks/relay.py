"""The relay: a process that numbers what happened and carries it out of the house. Any number may run at once.

One thread speaks with the database, many with receivers. Killed at any moment it loses nothing: what it had leased
is due again when the lease runs out, under the same id.
"""

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection

from webhooks import dispatching, numbering
from webhooks.sending import Parcel, Result, send

log = logging.getLogger(__name__)
THREADS = 128
IDLE_SECONDS = 0.25
"""How long an event waits at most before a relay with nothing to do looks for it."""
RECOVERY_SECONDS = 1.0
STOP_SECONDS = 16.0
"""Longer than a delivery may take."""


class Relay:
    def __init__(self, *, beat: Callable[[], None] = lambda: None) -> None:
        self._beat = beat
        self._stopping = threading.Event()
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._unwritten: list[Result] = []
        self._under_way: dict[UUID, Parcel] = {}
        self._renewed = time.monotonic()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="deliver")

    def stop(self) -> None:
        """Finish what is under way and leave; may be called from a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Until asked to stop. A database that is away is waited for: results are kept meanwhile."""
        while not self._stopping.is_set():
            self._beat()
            try:
                self._collect(0 if self._turn() else IDLE_SECONDS)
            except (DatabaseError, InterfaceError) as error:
                log.warning("The database is away: %s", type(error).__name__)
                connection.close()
                self._collect(RECOVERY_SECONDS)
        self._leave()

    def _turn(self) -> bool:
        """One look at everything; whether there was anything to do."""
        numbered = numbering.number_pending()
        written = self._write()
        leased = self._take()
        self._keep()
        return bool(numbered or written or leased)

    def _take(self) -> int:
        room = THREADS - len(self._under_way)
        if room <= 0:
            return 0
        busy = Counter(parcel.endpoint_id for parcel in self._under_way.values())
        parcels = dispatching.lease(busy=busy, room=room)
        for parcel in parcels:
            self._under_way[parcel.delivery_id] = parcel
            self._pool.submit(self._deliver, parcel)
        return len(parcels)

    def _deliver(self, parcel: Parcel) -> None:
        self._results.put(send(parcel))

    def _collect(self, patience: float) -> None:
        """Take the results that are there; without any, wait so long for one."""
        try:
            self._unwritten.append(self._results.get(timeout=patience) if patience else self._results.get_nowait())
            while True:
                self._unwritten.append(self._results.get_nowait())
        except queue.Empty:
            return

    def _write(self) -> int:
        written, done = 0, self._unwritten
        if done:
            dispatching.finish(done)
            for result in done:
                self._under_way.pop(result.parcel.delivery_id, None)
            written, self._unwritten = len(done), []
        return written

    def _keep(self) -> None:
        if time.monotonic() - self._renewed >= dispatching.LEASE_SECONDS / 3:
            dispatching.renew(list(self._under_way.values()))
            self._renewed = time.monotonic()

    def _leave(self) -> None:
        """What is under way may end; what does not in time is another relay's, under the same id."""
        deadline = time.monotonic() + STOP_SECONDS
        try:
            while self._under_way and time.monotonic() < deadline:
                self._collect(IDLE_SECONDS)
                self._write()
                self._keep()
            dispatching.release(list(self._under_way.values()))
        except (DatabaseError, InterfaceError) as error:
            log.warning("The database is away: %s", type(error).__name__)
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)
            connection.close()
