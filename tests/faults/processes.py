"""Real processes beside the tests: workers that can be killed, frozen and let go."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from runner.processes import Child, Program

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 3
"""In the workers of these tests, instead of 45: a lease is a constant of the worker's process, not of the base."""
_WORKER = f"""
import time
import django
django.setup()
from jobs import keeping, services
services.LEASE_SECONDS, keeping.EVERY_SECONDS = {LEASE_SECONDS}, 0.5
while True:
    services.run_one() or time.sleep(0.05)
"""


def base_url() -> str:
    """The address of the test base for another process."""
    return f"{settings.DATABASE_URL.rpartition('/')[0]}/{connection.settings_dict['NAME']}"


def environment(**more: str) -> dict[str, str]:
    return {"DATABASE_URL": base_url(), "DJANGO_SETTINGS_MODULE": "salescrm.settings.test", **more}


@contextmanager
def worker(name: str, folder: Path) -> Iterator[Child]:
    """A process that takes whatever is due, known to PostgreSQL as ``name``. Its log lies in the folder."""
    program = Program(
        name=name, command=(sys.executable, "-c", _WORKER), log=folder / f"{name}.log",
        env=environment(CRM_PROCESS=name), cwd=ROOT, expendable=True,
    )  # fmt: skip
    child = Child(program)
    try:
        yield child
    finally:
        child.kill()


def send(child: Child, number: int) -> None:
    """To the process and whatever it started: it leads a group of its own."""
    os.killpg(child.pid, number)
