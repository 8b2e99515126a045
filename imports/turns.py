"""How long one turn of a load lasts before another job gets the worker's process.

A turn reads again what the turns before it settled, for a table has no place to begin at: tens of seconds towards the
end of a million rows of Excel. With turns of a fixed length the reading of all of them together would grow with the
square of the rows, so a turn lasts several times as long as its reading took.
"""

import time

from jobs import stopping

SHORTEST_SECONDS, LONGEST_SECONDS = 20.0, 120.0
"""The longest, and the reading before it, stay well under a task's limit (``CELERY_TASK_SOFT_TIME_LIMIT``, 270 s)."""
_TIMES = 4


class Turn:
    """Begins when it is made, and is asked after every chunk."""

    def __init__(self) -> None:
        self._began, self._ends = time.monotonic(), 0.0

    def is_over(self) -> bool:
        """The time is up, or the worker was asked to stop."""
        now = time.monotonic()
        self._ends = self._ends or now + seconds_after(now - self._began)
        return stopping.told() or now > self._ends


def seconds_after(reading: float) -> float:
    """What is left to a turn that took so many seconds to come to the end of its first chunk."""
    return min(max(SHORTEST_SECONDS, _TIMES * reading), LONGEST_SECONDS)
