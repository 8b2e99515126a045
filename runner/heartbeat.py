"""The worker's sign of life: the age of one file. Call `touch` whenever a task starts."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

VARIABLE = "WORKER_HEARTBEAT_FILE"


def touch(*_args: object, **_kwargs: object) -> None:
    """Takes whatever a signal hands over; a disk that is full must not fail the task."""
    path = os.environ.get(VARIABLE)
    if path:
        with contextlib.suppress(OSError):
            Path(path).touch()
