"""The way up and down of the whole system, from an empty directory to a page that answers."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from runner import state
from runner.console import LogTail, complain, say
from runner.ports import free_port, is_free
from runner.postgres import tail
from runner.postmaster import Adopted
from runner.processes import Child, Program
from runner.programs import Programs
from runner.services import Services, start_lasting
from runner.supervisor import Post, Supervisor, restarted, vital

DEFAULT_PORT = 8000
HEALTH_PATH = "/health/live/"
HEALTH_SECONDS = 120.0
STOP_ORDER = ("web", "beat", "worker", "relay")


class LaunchFailed(Exception):
    """The system did not come up; the text says which part and shows the end of its log."""


def choose_port(wanted: str) -> int:
    """A port asked for by name is taken or refused; the default one gives way to whoever has it."""
    if not wanted:
        return free_port(DEFAULT_PORT)
    if not wanted.isdigit():
        raise LaunchFailed(f"PORT must be a number, not {wanted!r}")
    if not is_free(int(wanted)):
        raise LaunchFailed(f"Port {wanted} is taken by another program. Choose another: PORT=9000")
    return int(wanted)


@dataclass
class Launch:
    root: Path
    data_dir: Path
    environ: Mapping[str, str]
    port: int
    greeting: Callable[[], list[str]] = list
    # Start the web server and the database again too when they fall, instead of ending with them.
    keep: bool = False
    supervisor: Supervisor = field(default_factory=Supervisor)

    @property
    def url(self) -> str:
        # By name, not by number: passkeys are bound to a name.
        return f"http://localhost:{self.port}/"

    def run(self) -> int:
        """Serve until asked to stop. Raises LaunchFailed; everything started is stopped either way."""
        began = time.monotonic()
        state.announce(self.data_dir, address=self.url)
        try:
            self._start()
            if self.supervisor.stopping:
                return 0
            took = time.monotonic() - began
            say(f"\n{self.url} answers after {took:.1f} s. Logs: {self.data_dir / 'logs'}")
            for line in self.greeting():
                say(line)
            say("Ctrl-C stops everything; the data stays.")
            return self.supervisor.watch()
        finally:
            say("Stopping ...")
            self.supervisor.stop(STOP_ORDER)
            state.forget_urls(self.data_dir)

    def _start(self) -> None:
        env = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), **self._start_services().env}
        programs = Programs(self.root, self.data_dir, env, f"127.0.0.1:{self.port}")
        self._prepare(programs.prepare())
        if self.supervisor.stopping:
            return
        self.supervisor.add(self._needed(Child(programs.web())), LogTail("web", self._log("web")))
        self._wait_for_answer()
        # Only now: starting beside the web server they would delay the first page by a second.
        for program in (programs.worker(), programs.beat(), programs.relay()):
            self.supervisor.add(restarted(Child(program)), LogTail(program.name, self._log(program.name)))

    def _start_services(self) -> Services:
        services = start_lasting(self.data_dir, self.environ)
        if services.postgres:
            self.supervisor.add(self._needed(services.postgres), LogTail("postgres", self._log("postgres")))
        if services.valkey:
            self.supervisor.add(restarted(services.valkey), LogTail("valkey", self._log("valkey")))
        state.write_urls(self.data_dir, {key.lower(): url for key, url in services.env.items()})
        return services

    def _needed(self, running: Child | Adopted) -> Post:
        return restarted(running) if self.keep else vital(running)

    def _log(self, name: str) -> Path:
        return self.data_dir / "logs" / f"{name}.log"

    def _end_of_log(self, name: str) -> str:
        return tail(self._log(name), lines=30)

    def _prepare(self, program: Program) -> None:
        """Migrations and, into an empty database, the demo story."""
        say("Preparing the database ...")
        child = Child(program)
        while (code := child.exit_code()) is None:
            if self.supervisor.stopping:
                child.stop()
                return
            time.sleep(0.05)
        if code:
            raise LaunchFailed(f"The database could not be prepared:\n{self._end_of_log('prepare')}")

    def _wait_for_answer(self) -> None:
        deadline = time.monotonic() + HEALTH_SECONDS
        while time.monotonic() < deadline and not self.supervisor.stopping:
            fallen = self.supervisor.tick()
            if fallen is not None:
                raise LaunchFailed(f"{fallen.name} does not start:\n{self._end_of_log(fallen.name)}")
            status = status_of(f"http://127.0.0.1:{self.port}{HEALTH_PATH}")
            if status == HTTPStatus.OK:
                return
            if status not in (None, HTTPStatus.SERVICE_UNAVAILABLE):
                raise LaunchFailed(f"{HEALTH_PATH} answers with {status}:\n{self._end_of_log('web')}")
            time.sleep(0.1)
        if not self.supervisor.stopping:
            raise LaunchFailed(f"The web server does not answer:\n{self._end_of_log('web')}")


def status_of(url: str) -> int | None:
    """None while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code
    except OSError:
        return None


def say_where(running: state.AlreadyRunning) -> None:
    address, pid = running.about.get("address", "an unknown address"), running.about.get("pid", "?")
    complain(f"It already runs at {address} (pid {pid}). Stop it with Ctrl-C there or with: kill {pid}")
