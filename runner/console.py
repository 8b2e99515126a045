"""What the one who started the system sees: the errors of every program, each behind its name."""

from __future__ import annotations

import re
import sys
from pathlib import Path

# Plain lines of gunicorn, celery and PostgreSQL, and structured ones; case counts, or every path
# with "error" in it would show.
TROUBLE = re.compile(r'\b(ERROR|CRITICAL|FATAL|PANIC)\b|^Traceback |"level": ?"(error|critical)"')
WIDTH = 240


def say(text: str) -> None:
    print(text, flush=True)


def complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class LogTail:
    """Follows one log from where it stands now; a file that was turned over is read from its start."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self._position = path.stat().st_size if path.exists() else 0
        self._rest = b""

    def troubles(self) -> list[str]:
        try:
            size = self.path.stat().st_size
            if size < self._position:
                self._position = 0
            if size == self._position:
                return []
            with self.path.open("rb") as file:
                file.seek(self._position)
                fresh = self._rest + file.read()
                self._position = file.tell()
        except OSError:
            return []
        *lines, self._rest = fresh.split(b"\n")
        texts = (line.decode("utf-8", "replace") for line in lines)
        return [f"{self.name:>8} | {text[:WIDTH]}" for text in texts if TROUBLE.search(text)]
