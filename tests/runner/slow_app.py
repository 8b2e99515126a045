"""Our application behind the production server's configuration, with one address that takes its time."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from runner.webserver import Worker
from salescrm.wsgi import application as ours


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/slow":
        time.sleep(1.5)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"whole"]
    return ours(environ, start_response)


class Quick(Worker):
    """The server's worker with a patience that a test can wait out."""

    patience, pace = 1.5, 20_000.0
