"""The one command: everything the system needs, started in order and kept alive."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from runner import state
from runner.binaries import BinaryMissing
from runner.launch import Launch, LaunchFailed, choose_port, say_where
from runner.postgres import ServiceFailed
from runner.supervisor import Supervisor


class Command(BaseCommand):
    help = "Start PostgreSQL and Valkey where no address is set, then web, worker and timetable."
    # The checks of the models would ask a database that this very command starts.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default=os.environ.get("PORT", ""), help="default: 8000, or a free one")
        parser.add_argument(
            "--keep", action="store_true", help="start the web server and PostgreSQL again when they die, too"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        data_dir = Path(settings.DATA_DIR)
        try:
            with state.hold(data_dir):
                sys.exit(self._launch(data_dir, options["port"], keep=options["keep"]))
        except state.AlreadyRunning as running:
            say_where(running)
        except (BinaryMissing, LaunchFailed, ServiceFailed) as failure:
            raise CommandError(str(failure)) from failure

    def _launch(self, data_dir: Path, port: str, *, keep: bool) -> int:
        supervisor = Supervisor()
        supervisor.obey_signals()
        return Launch(
            root=Path(settings.BASE_DIR),
            data_dir=data_dir,
            environ=os.environ,
            port=choose_port(port),
            greeting=greeting,
            keep=keep,
            supervisor=supervisor,
        ).run()


def greeting() -> list[str]:
    """What the settings say to a visitor once all stands; nothing where they name nobody who would."""
    return [str(line) for line in import_string(settings.GREETING)()] if settings.GREETING else []
