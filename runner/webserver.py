"""The web server's worker: a client that sends a byte a second does not hold a thread for hours.

By itself the server waits for a request's head and body as long as anything comes. Here the time that it waits for a
request is counted: some seconds, and more for what has come, so that a slow line uploads a large file all the same.
"""

from __future__ import annotations

import errno
import socket
import time
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

PATIENCE = 20.0
"""Seconds that a request may be waited for before any of it has come."""
PACE = 500.0
"""Bytes that buy another second: half of the slowest modem."""


class Hurried:
    """A client's socket that is read with a limit; in all else the socket itself."""

    def __init__(self, wire: socket.socket, patience: float, pace: float) -> None:
        self._wire, self._patience, self._pace = wire, patience, pace
        self._left = patience

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def begin(self) -> None:
        """Another request on the same connection has its own time."""
        self._left = self._patience

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Raises ConnectionResetError where the time is up, which the server takes for a client that went away."""
        own = self._wire.gettimeout()
        limit = self._left if own is None else min(self._left, own)
        began = time.monotonic()
        try:
            if self._left <= 0:
                raise TimeoutError
            self._wire.settimeout(limit)
            found = self._wire.recv(size, flags)
        except TimeoutError:
            if limit < self._left:
                raise
            raise ConnectionResetError(errno.ECONNRESET, "The client sends too slowly") from None
        finally:
            self._left -= time.monotonic() - began
            self._wire.settimeout(own)
        self._left += len(found) / self._pace
        return found


class Worker(ThreadWorker):
    """gunicorn's worker with threads, whose clients hurry."""

    patience, pace = PATIENCE, PACE

    def handle(self, conn: TConn) -> Any:
        if not isinstance(conn.sock, Hurried):
            conn.sock = Hurried(conn.sock, self.patience, self.pace)
        conn.sock.begin()
        return super().handle(conn)
