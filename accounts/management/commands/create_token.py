"""Make a token for a bank system and print it once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import tokens
from accounts.models import Team
from common import clock
from common.errors import Refused


class Command(BaseCommand):
    help = "Make a service token (and its account where there is none) and print it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", required=True, help="name of the service account")
        parser.add_argument("--scopes", required=True, help="comma separated: " + ", ".join(tokens.SCOPES))
        parser.add_argument("--days", type=int, default=90, help="life in days, at most 365")
        parser.add_argument("--team", help="name of the team it sees; without it, the whole bank")

    def handle(self, *args: Any, **options: Any) -> None:
        team = None
        if options["team"]:
            team = Team.objects.filter(name=options["team"]).first()
            if team is None:
                raise CommandError(f"There is no team named {options['team']!r}.")
        scopes = [scope.strip() for scope in options["scopes"].split(",") if scope.strip()]
        try:
            issued = tokens.issue(
                account=options["account"], scopes=scopes, days=options["days"], at=clock.now(), team=team
            )
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(issued.plain)
