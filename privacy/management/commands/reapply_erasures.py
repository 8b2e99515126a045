"""Take out of a restored copy whoever was erased since it was made."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from privacy import restored
from privacy.services import erasing


class Command(BaseCommand):
    help = "Repeats every erasure of the list (ERASURES_LIST, or --list FILE) on this database; run after a restore."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", type=Path, default=None, help="a list saved elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        people = restored.to_erase_again(options["list"])
        rows = sum(erasing.again(party_id=party_id) for party_id in people)
        restored.write_list()
        self.stdout.write(f"Erased again: {len(people)} people, {rows} rows")
