"""Make the sandbox ready: a token that works, an endpoint that leads to its receiver."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from common import clock
from demo import sandbox


class Command(BaseCommand):
    help = (
        "Give the demonstration a token for the REST API and a webhook receiver. Outside the demo mode it does nothing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="where this start serves")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not (settings.WEBHOOK_SANDBOX and settings.DEMO_MODE):
            return
        sandbox.stand(base=f"http://127.0.0.1:{options['port']}", at=clock.now())
        self.stdout.write("The sandbox stands: a token and a receiver of webhooks.")
