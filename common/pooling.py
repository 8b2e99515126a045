"""A pool of connections whose database was away: it goes on trying, whoever waits already."""

from contextlib import suppress
from threading import Thread
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

TRY_SECONDS = 2
"""Tries of one connection come after 0, 1 and 2 s, then it is given up. By itself the pool would go on for five minutes
with pauses that double, and refuse everybody for as long again as the database was away."""
_ASK_SECONDS = 3


def try_again(pool: "ConnectionPool[Any]") -> None:
    """Called by the pool when it gives a connection up. It opens a new one only when it is asked for one, and whoever
    waits has asked before: so somebody asks anew, until there is one."""
    Thread(target=_ask, args=(pool,), daemon=True).start()


def _ask(pool: "ConnectionPool[Any]") -> None:
    with suppress(psycopg.Error):
        pool.putconn(pool.getconn(timeout=_ASK_SECONDS))
