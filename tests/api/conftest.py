"""Callers of the API: tokens with scopes, for the whole bank or for a team."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections

from accounts import tokens
from accounts.models import Team
from common import clock
from salescrm.wsgi import application
from tests.api.contract import Api
from tests.office import Office

MakeApi = Callable[..., Api]


@pytest.fixture
def api_of(office: Office) -> MakeApi:
    """``api_of(team, "leads:read")``: a caller with a fresh token; without scopes, with all of them."""
    made = iter(range(1000))

    def make(team: Team | None = None, *scopes: str) -> Api:
        issued = tokens.issue(
            account=f"system-{next(made)}", scopes=scopes or tokens.SCOPES, days=30, at=clock.now(), team=team
        )
        return Api(issued.plain)

    return make


@pytest.fixture
def api(api_of: MakeApi) -> Api:
    """A system that sees the whole bank and may do everything."""
    return api_of()


@pytest.fixture
def moment() -> Callable[[float], str]:
    """A time as the contract writes it, so many hours from now."""
    return lambda hours=0.0: (clock.now() + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


@pytest.fixture
def kept_connection(db: None) -> Iterator[None]:
    """Requests that come past Django's test client must not close the connection that holds the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test reads answers, not logs."""


@pytest.fixture
def address(kept_connection: None) -> Iterator[str]:
    """A server on a free port that works on the test's own connection: client and server take turns on it."""
    server = WSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(application)
    shared = connections["default"]
    shared.inc_thread_sharing()

    def serve() -> None:
        connections["default"] = shared
        server.serve_forever(poll_interval=0.05)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    shared.dec_thread_sharing()
