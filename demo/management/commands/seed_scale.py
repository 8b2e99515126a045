"""Fill an empty database with believable data of any size, for measuring."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common import clock
from demo.scale import load
from demo.scale.leads import Sizes, TooFew
from demo.story import SEED


class Command(BaseCommand):
    help = "Fill an empty database with believable data of any size, by COPY; one JSON object a step."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, default in Sizes()._asdict().items():
            parser.add_argument(f"--{name}", type=type(default), default=default, help=f"default {default}")
        parser.add_argument("--seed", type=int, default=SEED, help="the same seed makes the same rows on the same day")
        parser.add_argument("--reset", action="store_true", help="remove what this command made, and make nothing")
        parser.add_argument("--force", action="store_true", help="also outside the demo mode")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE and not options["force"]:
            raise CommandError(
                "This is not a demo installation (settings.DEMO_MODE is off): a million invented people must not mix "
                "with real ones. Add --force if that is what you want."
            )
        if options["reset"]:
            self._reset()
            return
        if filled := load.filled():
            raise CommandError(f"The database is not empty ({', '.join(filled)}). It is only filled when empty.")
        password = getattr(settings, "DEMO_PASSWORD", "")
        if not password:
            raise CommandError("The settings name no DEMO_PASSWORD for those who sign in.")
        started = time.monotonic()
        sizes = Sizes(**{name: options[name] for name in Sizes._fields})
        try:
            for figure in load.run(sizes=sizes, seed=options["seed"], password=password, at=clock.now()):
                self._say(figure)
        except TooFew as error:
            raise CommandError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
        self._say({"step": "all", "seconds": round(time.monotonic() - started, 1)})

    def _reset(self) -> None:
        if strangers := load.strangers():
            raise CommandError(f"There is more here than this command made ({', '.join(strangers)}): nothing removed.")
        load.reset()
        self._say({"step": "reset"})

    def _say(self, figure: dict[str, object]) -> None:
        self.stdout.write(json.dumps(figure, ensure_ascii=False))
        self.stdout.flush()
