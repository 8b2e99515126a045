"""The web process's own clock: a thread that shows it is alive and looks whether this is a restored copy."""

import logging
import os
import threading

from django.db import connection

from channels import quarantine
from monitoring.heartbeats import beat_of_process

log = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
_stop = threading.Event()


def start() -> None:
    """Called once in each web worker, after the fork: the first look is done before the first request."""
    os.environ.setdefault("CRM_PROCESS", "web")
    _stop.clear()
    turn(settle=True)
    threading.Thread(target=_run, name="pulse", daemon=True).start()


def stop() -> None:
    _stop.set()


def _run() -> None:
    while not _stop.is_set():
        turn()
        _stop.wait(LOOK_SECONDS)


def turn(*, settle: bool = False) -> None:
    """Whatever goes wrong here must not end the thread: the next turn may do better."""
    try:
        if settle:
            quarantine.settle()
        quarantine.look()
        beat_of_process()
    except Exception as error:
        log.warning("The pulse missed a beat: %s", type(error).__name__)
    finally:
        connection.close()
