"""``manage.py release_quarantine``: from now on this copy is the bank's system."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from channels import quarantine


class Command(BaseCommand):
    help = "End the quarantine of a restored copy: what waits leaves it. With --look-only people may only sign in."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--look-only", action="store_true", help="erasures are made again: unseal, send nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not quarantine.state().quarantined:
            self.stdout.write("There is no quarantine here.")
        elif options["look_only"]:
            quarantine.unseal()
            self.stdout.write("People may sign in; nothing leaves.")
        else:
            quarantine.release()
            self.stdout.write("Released: letters, webhooks and messages leave from now on.")
