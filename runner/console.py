"""What the one who started the system sees: the errors of every program, each behind its name."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

# Plain lines of gunicorn, celery and PostgreSQL, and structured ones; case counts, or every path
# with "error" in it would show.
TROUBLE = re.compile(r'\b(ERROR|CRITICAL|FATAL|PANIC)\b|"level": ?"(error|critical)"')
TRACEBACK = "Traceback (most recent call last)"
WIDTH = 240
# A page that fails at every click says so once a minute; the log has them all.
REPEAT_SECONDS = 60.0


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
        self._in_traceback = False
        self._shown: dict[str, float] = {}

    def troubles(self) -> list[str]:
        texts = (line.decode("utf-8", "replace")[:WIDTH] for line in self._fresh_lines())
        news = [text for text in texts if self._is_trouble(text) and self._is_news(text)]
        return [f"{self.name:>8} | {text}" for text in news]

    def _fresh_lines(self) -> list[bytes]:
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
        return lines

    def _is_trouble(self, text: str) -> bool:
        """Of a traceback the first line that is not indented: the error itself."""
        if text.startswith(TRACEBACK):
            self._in_traceback = True
            return False
        if self._in_traceback and text and not text[0].isspace():
            self._in_traceback = False
            return True
        return bool(TROUBLE.search(text))

    def _is_news(self, text: str) -> bool:
        """Times and process numbers aside, was it said within the last minute?"""
        gist = re.sub(r"\d+", "", text)
        now = time.monotonic()
        self._shown = {known: at for known, at in self._shown.items() if now - at < REPEAT_SECONDS}
        return self._shown.setdefault(gist, now) == now
