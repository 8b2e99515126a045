"""One child process: how it is started, watched and stopped."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from runner.identity import Identity

LOG_LIMIT = 10 * 1024 * 1024
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


class Running(Protocol):
    """What the supervisor needs of a process, ours or adopted."""

    @property
    def name(self) -> str: ...

    def exit_code(self) -> int | None:
        """None while it lives."""

    def stop(self) -> None: ...


@dataclass(frozen=True)
class Program:
    name: str
    command: tuple[str, ...]
    # None: it writes where we write, as a container's only program should.
    log: Path | None
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = Path("/")
    identity: Identity = Identity()
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 30.0
    # Touched by the program as long as it works; a file that has grown old means a hung program.
    heartbeat: Path | None = None
    heartbeat_limit: float = 60.0
    # SIGKILL costs it nothing but a repeated task or a broken request.
    expendable: bool = False


class Child:
    """A started program in a session of its own, so that Ctrl-C reaches the runner alone.

    On Linux the kernel sends the stop signal to the child when the runner dies, even by SIGKILL:
    nothing is left behind that would hold ports and the data directory.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.started_at = time.time()
        with _output(program.log) as log:
            self._process = subprocess.Popen(
                program.command,
                cwd=program.cwd,
                env={**os.environ, **program.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=None if log is None else subprocess.STDOUT,
                start_new_session=True,
                user=program.identity.uid,
                group=program.identity.gid,
                extra_groups=None if program.identity.uid is None else [],
                # The runner has one thread.
                preexec_fn=_die_with_parent(program.stop_signal),  # noqa: PLW1509
            )

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        return self._process.poll()

    def is_hung(self) -> bool:
        """Only a heartbeat of this very process counts, so a program that has none is never hung."""
        if self.program.heartbeat is None:
            return False
        try:
            last = self.program.heartbeat.stat().st_mtime
        except FileNotFoundError:
            return False
        return last >= self.started_at and time.time() - last > self.program.heartbeat_limit

    def stop(self) -> None:
        """Ask, wait, then kill; whatever the process left in its group goes with it."""
        if self._process.poll() is None:
            self._process.send_signal(self.program.stop_signal)
            try:
                self._process.wait(self.program.stop_seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        self.sweep()

    def kill(self) -> None:
        self.sweep()
        self._process.wait()

    def sweep(self) -> None:
        """A worker killed by SIGKILL leaves pool processes that would go on with its tasks."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


@contextlib.contextmanager
def _output(log: Path | None) -> Iterator[IO[bytes] | None]:
    """The log to append to, turned over first when it has grown; None to share our own output."""
    if log is None:
        yield None
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as file:
        yield file


def _die_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    libc = _libc
    if libc is None:
        return None
    parent = os.getpid()

    def arm() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        # The parent may have died before the line above took effect.
        if os.getppid() != parent:
            os._exit(1)

    return arm
