"""TCP ports on the loopback interface."""

from __future__ import annotations

import socket
from contextlib import closing


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """SO_REUSEADDR as the servers themselves set it: a port in TIME_WAIT after a restart counts as free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(*preferred: int, host: str = "127.0.0.1") -> int:
    """The first preferred port that is free, else one the kernel picks.

    Nothing holds the port until the server binds it, so whoever starts a server must be ready to lose
    that race and ask again.
    """
    for port in preferred:
        if is_free(port, host):
            return port
    with closing(socket.socket()) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
