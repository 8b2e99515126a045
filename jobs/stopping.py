"""A worker that is asked to stop: its processes take no further job, and what outlasts its grace is handed back."""

import mmap
import signal
from types import FrameType

_told = mmap.mmap(-1, 1)
"""One byte that the processes of the pool share: they are forked from the one that hears the signal."""


def tell() -> None:
    _told[0] = 1


def told() -> bool:
    return _told[0] == 1


def listen(**_: object) -> None:
    """Hear the signal before Celery does, whose own handler sleeps through the grace and tells the pool afterwards.

    To be called once the worker's handlers stand.
    """
    celerys = signal.getsignal(signal.SIGTERM)

    def heard(number: int, frame: FrameType | None) -> None:
        tell()
        if callable(celerys):
            celerys(number, frame)

    signal.signal(signal.SIGTERM, heard)
