"""Reads a data directory's `postmaster.pid`: is it stale, or does a live server stand behind it?"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from runner.processes import Program

PID_FILE = "postmaster.pid"
_PORT_LINE, _STATUS_LINE = 3, 7
STOP_SECONDS = 120.0


@dataclass(frozen=True)
class Postmaster:
    """What the pid file says; port and status stay empty while the server is still starting."""

    pid: int
    port: int | None
    status: str

    @classmethod
    def read(cls, data: Path) -> Postmaster | None:
        try:
            lines = (data / PID_FILE).read_text(encoding="utf-8").splitlines()
            pid = abs(int(lines[0]))
        except (OSError, ValueError, IndexError):
            return None
        port = lines[_PORT_LINE].strip() if len(lines) > _PORT_LINE else ""
        status = lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""
        return cls(pid, int(port) if port.isdigit() else None, status)


def clear_stale(data: Path, *, patience: float = 30.0) -> Postmaster | None:
    """The live server of this directory to adopt, or None once the directory is free to start in.

    A server on its way down (its runner was just killed) is waited for: starting beside it would fail.
    A pid that lives but serves something else was recycled, so the file is as stale as with a dead one.
    """
    deadline = time.monotonic() + patience
    while (found := Postmaster.read(data)) and serves(found.pid, data):
        if found.status == "ready":
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"PostgreSQL (pid {found.pid}) neither starts nor stops; see its log")
        time.sleep(0.05)
    (data / PID_FILE).unlink(missing_ok=True)
    return None


def serves(pid: int, data: Path) -> bool:
    """Whether this process lives and is the server of that directory."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    proc = Path("/proc") / str(pid)
    if not proc.is_dir():
        return "postgres" in _command_name(pid)
    if is_zombie(pid):
        return False
    try:
        # A server works inside its data directory, and nothing else does.
        return Path(os.readlink(proc / "cwd")) == data.resolve()
    except OSError:
        return "postgres" in _command_name(pid)


def is_zombie(pid: int) -> bool:
    """Dead but not yet reaped: it still answers to signal 0, which is how a stale file fools pg_ctl."""
    try:
        stat = (Path("/proc") / str(pid) / "stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[:1] == ["Z"]


def _command_name(pid: int) -> str:
    answer = subprocess.run(
        ["ps", "-o", "comm=", "-p", str(pid)],  # noqa: S607
        check=False,
        capture_output=True,
        text=True,
    )
    return answer.stdout


class Adopted:
    """A server that another, killed runner left behind: no child of ours, but ours to stop."""

    name = "postgres"

    def __init__(self, pid: int, data: Path, program: Program | None = None) -> None:
        self.pid = pid
        self.data = data
        # How it would be started again at the address where it serves.
        self.program = program

    def exit_code(self) -> int | None:
        return None if serves(self.pid, self.data) else 1

    def stop(self) -> None:
        if self.exit_code() is not None:
            return
        os.kill(self.pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS
        while self.exit_code() is None and time.monotonic() < deadline:
            time.sleep(0.05)
