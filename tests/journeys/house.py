"""A house of its own for the browser: a copy of the test base, filled once, behind a server in this process.

The copy is there so that what journeys commit is seen by no other test, and nothing has to be flushed between them.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.signals import request_finished, request_started
from django.db import connection, connections
from django.test import Client
from django.test.testcases import LiveServerThread

from jobs.services import run_one
from tests.office import Office
from tests.web.world import World


class Copy:
    """The copied database. Inside ``entered`` the default connection of every thread leads to it."""

    def __init__(self) -> None:
        self.original = connection.settings_dict["NAME"]
        self.name = f"{self.original}_journeys"

    def make(self) -> None:
        """A template may have no guests: forgotten connections are closed, a vacuum PostgreSQL sends off itself."""
        connection.close()
        self._run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{self.original}' AND backend_type = 'client backend'",
            f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)',
            f'CREATE DATABASE "{self.name}" TEMPLATE "{self.original}"',
        )

    def drop(self) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    @staticmethod
    def _run(*statements: str) -> None:
        with connection._nodb_cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    @contextmanager
    def entered(self) -> Iterator[None]:
        self._lead_to(self.name)
        try:
            yield
        finally:
            self._lead_to(self.original)

    @staticmethod
    def _lead_to(name: str) -> None:
        connection.close()
        connections.settings["default"]["NAME"] = name
        connection.settings_dict["NAME"] = name


PROOF_SECONDS = 300


class Traffic:
    """How many requests are being answered: a test may not take the base away from under one."""

    def __init__(self) -> None:
        self.open = 0
        request_started.connect(self._began)
        request_finished.connect(self._ended)

    def _began(self, **_: Any) -> None:
        self.open += 1

    def _ended(self, **_: Any) -> None:
        self.open -= 1

    def settle(self, seconds: float = 5) -> None:
        until = time.monotonic() + seconds
        while self.open > 0 and time.monotonic() < until:
            time.sleep(0.02)


@dataclass
class House:
    world: World
    url: str
    traffic: Traffic
    _sessions: dict[str, tuple[str, float]]

    @property
    def office(self) -> Office:
        return self.world.office

    def session_of(self, name: str) -> str:
        """The cookie of somebody who is signed in; made once a role, and again when his proof of himself grows old."""
        kept, at = self._sessions.get(name), time.monotonic()
        if kept is None or at - kept[1] > PROOF_SECONDS:
            client = Client()
            client.force_login(getattr(self.office, name))
            kept = self._sessions[name] = (client.cookies["sessionid"].value, at)
        return kept[0]

    @staticmethod
    def work_off() -> None:
        """What the worker does: every job that is due, until there is none."""
        while run_one():
            pass


@contextmanager
def served(fill: Callable[[Office], World]) -> Iterator[House]:
    """The house with its server running; call it with the copy entered."""
    world, traffic = fill(Office()), Traffic()
    server: Any = LiveServerThread("127.0.0.1", static_handler=StaticFilesHandler, port=0)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    try:
        yield House(world, f"http://127.0.0.1:{server.port}", traffic, {})
    finally:
        server.terminate()
