"""The priority engine over lines of JSON on standard input and output; touches no database."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from priority.protocol import replies


class Command(BaseCommand):
    help = "Answer one JSON request a line with one JSON reply a line: reset, rank, score, verdict, forecast."
    requires_system_checks = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        for reply in replies(sys.stdin):
            sys.stdout.write(reply + "\n")
            sys.stdout.flush()
