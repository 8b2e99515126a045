"""The process that carries events to bank systems: ``manage.py relay``, kept alive by the supervisor."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from runner.heartbeat import touch
from webhooks.relay import Relay


class Command(BaseCommand):
    # The checks read every address of the site, which this process never serves.
    requires_system_checks: list[str] = []
    help = "Number what happened and deliver it to the webhook endpoints, until asked to stop."

    def handle(self, *_args: object, **_options: Any) -> None:
        relay = Relay(beat=touch)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: relay.stop())
        relay.run()
