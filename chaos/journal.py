"""What was sent and what was acknowledged: a file outside the system, on the disk before the next request leaves."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

ACK, UNKNOWN, REFUSED = "ack", "unknown", "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """One written thing: its key, the digest of what was written, and what the answer told of it.

    ``step_at`` is the moment of a step (seconds since the epoch) whose reminders are counted.
    """

    key: str
    digest: str
    id: str = ""
    version: int = 0
    step_at: float | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """``said``: acknowledged, unknown (no answer, or one that says nothing of the deed), refused."""

    said: str
    noun: str
    rows: Sequence[Row]
    why: str = ""
    at: float = 0.0


class Journal:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab")
        self._lock = Lock()

    def note(self, said: str, noun: str, rows: Sequence[Row], why: str = "") -> None:
        entry = Entry(said, noun, rows, why, time.time())
        line = json.dumps(asdict(entry), ensure_ascii=False).encode() + b"\n"
        with self._lock:
            self._file.write(line)
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Iterator[Entry]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            told = json.loads(line)
            yield Entry(**told | {"rows": [Row(**row) for row in told["rows"]]})
