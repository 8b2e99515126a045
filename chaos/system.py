"""The whole system on services of its own, as the one command starts it where nobody sits before the screen."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from chaos import anatomy
from chaos.stubs import BOT_TOKEN, Outside
from runner.launch import HEALTH_PATH, status_of
from runner.ports import free_port
from runner.state import read_urls

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 900.0
STOP_SECONDS = 180.0
PASSWORD = "chaos-chaos-chaos-7"
# What happens by the thousand in a run has other figures; these follow single deeds.
HOOKS = ["lead.stage_entered", "action.done", "action.undone"]
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on"}


class SystemFailed(Exception):
    """The system did not come up, or is not what a run may be counted on."""


@dataclass
class System:
    place: Path
    port: int
    process: subprocess.Popen[bytes]
    env: dict[str, str]
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def dsn(self) -> str:
        return read_urls(self.place)["database_url"]

    @property
    def redis_url(self) -> str:
        return read_urls(self.place)["redis_url"]

    def connect(self, seconds: int = 5) -> psycopg.Connection[Any]:
        return psycopg.connect(
            self.dsn, autocommit=True, connect_timeout=seconds, application_name="chaos",
            options="-c statement_timeout=60000",
        )  # fmt: skip

    def head(self, role: str) -> int | None:
        return anatomy.head_of(self.process.pid, role)

    def settings(self) -> dict[str, str]:
        """The settings by which a commit is on the disk. Raises SystemFailed where one is not as a bank's."""
        with self.connect() as connection:
            found = {name: str(_one(connection, f"SHOW {name}")) for name in DURABLE}
            found["server_version"] = str(_one(connection, "SHOW server_version"))
        if {name: found[name] for name in DURABLE} != DURABLE:
            raise SystemFailed(f"PostgreSQL may lose what it acknowledged: {found}")
        return found


@contextmanager
def running(place: Path, world: Outside, people: int) -> Iterator[System]:
    port = free_port(8700)
    env = {**os.environ, **_environment(place, world)}
    for name in ("DATABASE_URL", "REDIS_URL"):
        env.pop(name, None)
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--keep", "--port", str(port)]
    with (place / "up.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    system = System(place, port, process, env)
    try:
        _wait_for_answer(system)
        hook = f"http://127.0.0.1:{world.http_port}/hook"
        system.told = _people(system, {"people": people, "password": PASSWORD, "hook": hook, "types": HOOKS})
        yield system
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(place: Path, world: Outside) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "chaos.settings",
        "DATA_DIR": str(place),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "API_TOKEN_ENV": "chaos",
        "API_RATE_LIMIT": "1000000",
        "SMTP_URL": f"smtp://127.0.0.1:{world.smtp_port}",
        "MAIL_FROM": "CRM <crm@chaos.test>",
        "TELEGRAM_BOT_TOKEN": BOT_TOKEN,
        "TELEGRAM_API_URL": f"http://127.0.0.1:{world.http_port}",
        "WEBHOOK_HOSTS": "127.0.0.1:*",
    }


def _wait_for_answer(system: System) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if system.process.poll() is not None:
            break
        ready = status_of(f"http://127.0.0.1:{system.port}{HEALTH_PATH}") == 200
        if ready and all(system.head(role) for role in anatomy.MARKS):
            return
        time.sleep(0.2)
    raise SystemFailed((system.place / "up.log").read_text(errors="replace")[-4000:])


def _people(system: System, wanted: dict[str, Any]) -> dict[str, Any]:
    env = {**system.env, "DATABASE_URL": system.dsn, "REDIS_URL": system.redis_url, "CRM_PROCESS": "chaos"}
    done = subprocess.run(
        [sys.executable, "-m", "chaos.people"], cwd=ROOT, env=env, input=json.dumps(wanted), check=False, text=True,
        capture_output=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemFailed(done.stderr[-4000:])
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None
