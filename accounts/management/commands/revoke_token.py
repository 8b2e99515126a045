"""Take a bank system's token back; it stops working at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import tokens
from accounts.models import ApiToken
from common import clock


class Command(BaseCommand):
    help = "Revoke a service token by its public part (what stands between the last «_» and the dot)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key")

    def handle(self, *args: Any, **options: Any) -> None:
        key = options["key"].partition(".")[0].rpartition("_")[2]
        token = ApiToken.objects.filter(key=key).first()
        if token is None:
            raise CommandError(f"There is no token {key!r}.")
        tokens.revoke(token=token, at=clock.now())
        self.stdout.write(f"{key} is revoked.")
