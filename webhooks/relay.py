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
from webhooks.lanes import Lane
from webhooks.sending import Parcel, Result

log = logging.getLogger(__name__)
Report = tuple[Parcel, Result | None]
THREADS, MOST = 128, 1000
"""At work at a time, and leased at a time."""
LINGER_SECONDS = 0.01
"""What ends together is written down together."""
IDLE_SECONDS = 0.25
"""How long an event waits at most before a relay with nothing to do looks for it."""
RECOVERY_SECONDS = 1.0
STOP_SECONDS = 16.0
"""Longer than a delivery may take."""


class Relay:
    def __init__(self, *, beat: Callable[[], None] = lambda: None) -> None:
        self._beat = beat
        self._stopping = threading.Event()
        self._reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self._unwritten: list[Report] = []
        self._under_way: dict[UUID, Parcel] = {}
        self._lanes: dict[UUID, Lane] = {}
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
        room = MOST - len(self._under_way)
        if room <= 0:
            return 0
        busy = Counter(parcel.endpoint_id for parcel in self._under_way.values())
        of_endpoint: dict[UUID, list[Parcel]] = {}
        for parcel in dispatching.lease(busy=busy, room=room):
            self._under_way[parcel.delivery_id] = parcel
            of_endpoint.setdefault(parcel.endpoint_id, []).append(parcel)
        for endpoint_id, parcels in of_endpoint.items():
            self._lanes.setdefault(endpoint_id, Lane(self._pool, self._report)).add(parcels)
        return len(of_endpoint)

    def _report(self, parcel: Parcel, result: Result | None) -> None:
        """Called by the lanes' threads; None for what was not sent."""
        self._reports.put((parcel, result))

    def _collect(self, patience: float) -> None:
        """Take what was reported; where nothing is there, wait so long for it, and a moment for what comes with it."""
        try:
            if patience:
                self._unwritten.append(self._reports.get(timeout=patience))
            self._stopping.wait(LINGER_SECONDS)
            while True:
                self._unwritten.append(self._reports.get_nowait())
        except queue.Empty:
            return

    def _write(self) -> int:
        reports = self._unwritten
        if reports:
            dispatching.finish([result for _parcel, result in reports if result is not None])
            dispatching.release([parcel for parcel, result in reports if result is None])
            for parcel, _result in reports:
                self._under_way.pop(parcel.delivery_id, None)
            self._unwritten = []
        return len(reports)

    def _keep(self) -> None:
        if time.monotonic() - self._renewed >= dispatching.LEASE_SECONDS / 3:
            dispatching.renew(list(self._under_way.values()))
            self._renewed = time.monotonic()

    def _leave(self) -> None:
        """What is under way may end; what does not in time is another relay's, under the same id."""
        deadline = time.monotonic() + STOP_SECONDS
        for lane in self._lanes.values():
            lane.clear()
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
