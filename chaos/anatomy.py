"""Which process is which: read from /proc, below the one that was started here and nowhere else."""

import os
import signal
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

MARKS = {
    "web": ("gunicorn", "salescrm.wsgi"),
    "worker": ("celery", "worker"),
    "beat": ("celery", "beat"),
    "relay": ("django", "relay"),
    "redis": ("valkey",),
    "postgres": ("postgres", "-D"),
}


def family(root: int) -> dict[int, list[int]]:
    """Children of every process, as they are now."""
    children: dict[int, list[int]] = defaultdict(list)
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            with suppress(OSError, ValueError, IndexError):
                parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
                children[parent].append(int(place.name))
    return children


def head_of(root: int, role: str) -> int | None:
    """The process that the supervisor started in this role; None while there is none."""
    for pid in family(root)[root]:
        with suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").replace("\0", " ")
            if all(mark in command for mark in MARKS[role]):
                return pid
    return None


def children_of(pid: int) -> list[int]:
    return sorted(family(pid)[pid])


def whole(pid: int) -> list[int]:
    """A process and all below it, the head first."""
    children, found = family(pid), [pid]
    for one in found:
        found += children[one]
    return found


def send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
