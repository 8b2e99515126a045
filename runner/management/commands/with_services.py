"""Run another command with throw-away services under it: `manage.py with_services -- pytest -n 2`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from argparse import REMAINDER, ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from runner.binaries import BinaryMissing
from runner.postgres import ServiceFailed
from runner.services import throw_away


class Command(BaseCommand):
    help = "Start throw-away PostgreSQL and Valkey where no address is set, run the command, tear down."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--postgres", action="append", default=[], metavar="NAME=VALUE", help="a setting of it; repeatable"
        )
        parser.add_argument("command", nargs=REMAINDER, help="the command and its arguments, after --")

    def handle(self, *_args: object, **options: list[str]) -> None:
        command = [part for place, part in enumerate(options["command"]) if part != "--" or place]
        if not command:
            raise CommandError("Say which command to run: with_services -- COMMAND ...")
        settings = dict(pair.split("=", 1) for pair in options["postgres"] if "=" in pair)
        if len(settings) < len(options["postgres"]):
            raise CommandError("Write each setting as --postgres NAME=VALUE, once.")
        # Ctrl-C reaches the command too; it decides how to end, and the services outlive it.
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, _leave)
        try:
            with throw_away(os.environ, settings) as services:
                sys.exit(_run(command, {**os.environ, **services.env}))
        except (BinaryMissing, ServiceFailed) as failure:
            raise CommandError(str(failure)) from failure


def _run(command: list[str], env: dict[str, str]) -> int:
    process = subprocess.Popen(command, env=env)
    try:
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    return code if code >= 0 else 128 - code


def _leave(number: int, _frame: object) -> None:
    sys.exit(128 + number)
