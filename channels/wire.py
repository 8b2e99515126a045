"""One HTTP POST: no redirects, a limit on time and size, and only the addresses that the caller allows."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from channels.addresses import addresses_of, is_public
from channels.messages import TryLater, Why
from common import borders

MAX_ANSWER = 64 * 1024
LONGEST_PAUSE = 3600.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def pause(self, default: float = 60) -> float:
        """Seconds to wait, as the other side asked; a date or nonsense reads as ``default``."""
        try:
            return min(max(float(self.headers.get("retry-after", "")), 1), LONGEST_PAUSE)
        except ValueError:
            return default


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool, limit: float | None = None
) -> Answer:
    """Send once. The name is resolved once and that very address is connected to, so that it cannot change between.

    ``limit`` is the longest silence in seconds; all together may take twice as long. Raises TryLater for a refused or
    silent connection, a broken answer, or a private address that is not allowed.
    The URL may hold a secret: it is in no error and in no log.
    """
    parts = urlsplit(url)
    if not borders.is_named(parts.hostname or "", settings.ALLOWED_OUTSIDE_HOSTS):
        raise TryLater(LONGEST_PAUSE, Why.UNREACHABLE, "abroad")
    silence: float = settings.CHANNEL_TIMEOUT if limit is None else limit
    wall = Wall(time.monotonic() + silence * 2)
    try:
        connection = _connect(parts, silence, wall, allow_private=allow_private)
    except (OSError, ValueError) as error:
        wall.cancel()
        raise TryLater(60, Why.UNREACHABLE, type(error).__name__) from None
    try:
        connection.request("POST", _target(parts), body, {"Connection": "close", **headers})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read(MAX_ANSWER))
    except (OSError, http.client.HTTPException) as error:
        raise TryLater(60, Why.UNREACHABLE, "TimeoutError" if wall.fallen else type(error).__name__) from None
    finally:
        wall.cancel()
        connection.close()


class Wall:
    """A socket's timeout counts anew for each byte; this ends a handshake or an answer that trickles."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._timer: threading.Timer | None = None
        self.fallen = False

    def guard(self, sock: socket.socket) -> None:
        """Hang up this socket, and no other, when the time is over."""
        self.cancel()
        self._timer = threading.Timer(max(self._deadline - time.monotonic(), 0), self._fall, [sock])
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _fall(self, sock: socket.socket) -> None:
        self.fallen = True
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:  # it closed by itself meanwhile
            return


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _connect(parts: SplitResult, limit: float, wall: Wall, *, allow_private: bool) -> http.client.HTTPConnection:
    secure = parts.scheme == "https"
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise TryLater(LONGEST_PAUSE, Why.MISCONFIGURED, "URL")
    port = parts.port or (443 if secure else 80)
    address = _resolve(parts.hostname, port, allow_private=allow_private)
    sock: socket.socket = socket.create_connection((address, port), limit)
    try:
        wall.guard(sock)
        if secure:
            sock = _tls().wrap_socket(sock, server_hostname=parts.hostname, do_handshake_on_connect=False)
            wall.guard(sock)
            sock.do_handshake()
    except OSError:
        wall.cancel()
        sock.close()
        raise
    # The class only writes the request and reads the answer here; the socket is the one opened above.
    connection = http.client.HTTPConnection(parts.hostname, port, timeout=limit)
    connection.sock = sock
    return connection


@cache
def _tls() -> ssl.SSLContext:
    """One for all: reading the machine's certificates takes longer than a request."""
    return ssl.create_default_context()


def _resolve(host: str, port: int, *, allow_private: bool) -> str:
    found = addresses_of(host, port)
    if not allow_private and not all(is_public(address) for address in found):
        raise TryLater(LONGEST_PAUSE, Why.MISCONFIGURED, "private address")
    return found[0]
