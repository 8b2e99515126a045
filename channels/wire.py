"""One HTTP POST: no redirects, a limit on time and size, and only the addresses that the caller allows."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from channels.messages import TryLater, Why

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


def post(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> Answer:
    """Send once. The name is resolved once and that very address is connected to, so that it cannot change between.

    Raises TryLater for a refused or silent connection, a broken answer, or a private address that is not allowed.
    The URL may hold a secret: it is in no error and in no log.
    """
    parts = urlsplit(url)
    limit: float = settings.CHANNEL_TIMEOUT
    try:
        connection = _connect(parts, limit, allow_private=allow_private)
    except (OSError, ValueError) as error:
        raise TryLater(60, Why.UNREACHABLE, type(error).__name__) from None
    # A socket's timeout counts anew for each byte; this one ends an answer that trickles.
    wall = threading.Timer(limit * 2, _hang_up, [connection.sock])
    wall.start()
    try:
        connection.request("POST", _target(parts), body, {"Connection": "close", **headers})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read(MAX_ANSWER))
    except (OSError, http.client.HTTPException) as error:
        raise TryLater(60, Why.UNREACHABLE, type(error).__name__) from None
    finally:
        wall.cancel()
        connection.close()


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _connect(parts: SplitResult, limit: float, *, allow_private: bool) -> http.client.HTTPConnection:
    secure = parts.scheme == "https"
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise TryLater(LONGEST_PAUSE, Why.MISCONFIGURED, "URL")
    port = parts.port or (443 if secure else 80)
    address = _resolve(parts.hostname, port, allow_private=allow_private)
    sock: socket.socket = socket.create_connection((address, port), limit)
    try:
        if secure:
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=parts.hostname)
    except OSError:
        sock.close()
        raise
    # The class only writes the request and reads the answer here; the socket is the one opened above.
    connection = http.client.HTTPConnection(parts.hostname, port, timeout=limit)
    connection.sock = sock
    return connection


def _resolve(host: str, port: int, *, allow_private: bool) -> str:
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not allow_private and not all(is_public(address) for address in found):
        raise TryLater(LONGEST_PAUSE, Why.MISCONFIGURED, "private address")
    return found[0]


def is_public(address: str) -> bool:
    """Whether an address lies in the open Internet, also when it is written as IPv6 around an IPv4 one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and (inner := found.ipv4_mapped or found.sixtofour):
        found = inner
    return found.is_global and not found.is_multicast


def _hang_up(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:  # it closed by itself meanwhile
        return
