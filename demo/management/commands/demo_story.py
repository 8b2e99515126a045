"""Tell the demo story into an empty database."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from common import clock
from demo import story


class Command(BaseCommand):
    help = "Write the demo story (a bank region that sells through agents) into an empty database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is data already")
        parser.add_argument("--seed", type=int, default=story.SEED, help="the same seed tells the same story")
        parser.add_argument("--scale", type=float, default=1.0, help="share of the 3,000 leads to tell of")
        parser.add_argument("--force", action="store_true", help="also outside the demo mode")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE and not options["force"]:
            raise CommandError(
                "This is not a demo installation (settings.DEMO_MODE is off): invented people must not mix with real "
                "ones, and the demo's password is known to all. Add --force if that is what you want."
            )
        password = getattr(settings, "DEMO_PASSWORD", "")
        if not password:
            raise CommandError("The settings name no DEMO_PASSWORD for the demo's people.")
        if User.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("The database is not empty. The story is only told into an empty one.")
        started = time.monotonic()
        told = story.tell(password=password, at=clock.now(), seed=options["seed"], scale=options["scale"])
        self.stdout.write(f"The demo story stands: {told} ({time.monotonic() - started:.1f} s).")
