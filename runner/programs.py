"""The system's own programs: web server, worker, timetable and relay, with how each is started and stopped."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.heartbeat import VARIABLE as HEARTBEAT_VARIABLE
from runner.processes import Program

# Longer than the soft shutdown of the worker's settings, so that a task is handed back and not cut off.
WORKER_PATIENCE = 35.0
WEB_PATIENCE = 30.0
# Tasks are the heartbeat, one starts every 5 s; but two imports may hold both slots for their time limit
# of 300 s, and a worker must not be killed for its diligence.
HEARTBEAT_LIMIT = 400.0
# What it is sending may end; and no statement of its own lasts longer than 15 s.
RELAY_PATIENCE = 20.0
RELAY_HEARTBEAT_LIMIT = 90.0


@dataclass(frozen=True)
class Programs:
    root: Path
    data_dir: Path
    env: Mapping[str, str]
    address: str

    def web(self) -> Program:
        config = self.root / "deploy" / "gunicorn.conf.py"
        return self._program(
            "web",
            "gunicorn",
            *("--config", str(config), "--bind", self.address, "salescrm.wsgi:application"),
            stop_seconds=WEB_PATIENCE,
        )

    def worker(self) -> Program:
        """SIGTERM becomes, by REMAP_SIGTERM, the soft shutdown that requeues unfinished tasks."""
        heartbeat = self.data_dir / "run" / "worker.heartbeat"
        heartbeat.unlink(missing_ok=True)
        return self._program(
            "worker",
            "celery",
            *("-A", "salescrm", "worker", "--concurrency", "2", "--loglevel", "INFO"),
            env={"REMAP_SIGTERM": "SIGQUIT", HEARTBEAT_VARIABLE: str(heartbeat)},
            stop_seconds=WORKER_PATIENCE,
            heartbeat=heartbeat,
        )

    def beat(self) -> Program:
        schedule = self.data_dir / "run" / "beat-schedule"
        return self._program(
            "beat",
            "celery",
            *("-A", "salescrm", "beat", "--loglevel", "INFO", "--schedule", str(schedule), "--pidfile", ""),
            stop_seconds=10,
        )

    def relay(self) -> Program:
        """Carries events to bank systems. It looks for work four times a second, so its heart is easy to hear."""
        heartbeat = self.data_dir / "run" / "relay.heartbeat"
        heartbeat.unlink(missing_ok=True)
        return self._program(
            "relay",
            "django",
            "relay",
            env={HEARTBEAT_VARIABLE: str(heartbeat)},
            stop_seconds=RELAY_PATIENCE,
            heartbeat=heartbeat,
            heartbeat_limit=RELAY_HEARTBEAT_LIMIT,
        )

    def prepare(self) -> Program:
        manage = str(self.root / "manage.py")
        return Program(
            name="prepare",
            command=(sys.executable, manage, "prepare_database"),
            log=self.data_dir / "logs" / "prepare.log",
            env={"PYTHONUNBUFFERED": "1", "CRM_PROCESS": "prepare", **self.env},
            cwd=self.root,
            expendable=True,
        )

    def _program(
        self,
        name: str,
        module: str,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        stop_seconds: float,
        heartbeat: Path | None = None,
        heartbeat_limit: float = HEARTBEAT_LIMIT,
    ) -> Program:
        return Program(
            name=name,
            command=(sys.executable, "-m", module, *arguments),
            log=self.data_dir / "logs" / f"{name}.log",
            env={"PYTHONUNBUFFERED": "1", "CRM_PROCESS": name, **self.env, **(env or {})},
            cwd=self.root,
            stop_signal=signal.SIGTERM,
            stop_seconds=stop_seconds,
            heartbeat=heartbeat,
            heartbeat_limit=heartbeat_limit,
            expendable=True,
        )
