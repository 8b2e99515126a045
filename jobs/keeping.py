"""Keeping a long job that cannot stop in the middle to renew its lease: somebody else renews it meanwhile."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import connection

from jobs.registry import JobRun
from jobs.services import LEASE_SECONDS, LeaseLost, renew

log = logging.getLogger(__name__)
EVERY_SECONDS = LEASE_SECONDS / 3


@contextmanager
def kept(run: JobRun) -> Iterator[None]:
    """Renew the lease from a thread with a connection of its own until the block ends.

    When the worker dies the thread dies with it, so the lease runs out and another worker starts anew.
    """
    done = Event()
    keeper = Thread(target=_keep, args=(run, done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(run: JobRun, done: Event) -> None:
    try:
        while not done.wait(EVERY_SECONDS):
            renew(run)
    except LeaseLost:
        log.warning("Lease of job %s was lost while it was at work", run.job_id)
    finally:
        connection.close()
