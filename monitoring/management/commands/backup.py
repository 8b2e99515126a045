"""``manage.py backup [FOLDER]``: one file with the database and the uploaded files."""

from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from channels import quarantine
from common import clock
from monitoring.backups import SKIPPED, missing_files
from monitoring.heartbeats import beat
from runner.backup.database import Database, Failed
from runner.backup.making import make
from runner.binaries import BinaryMissing


class Command(BaseCommand):
    help = "Save the database and the uploaded files into one file that «restore» can check and load."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", default="", help="default: BACKUP_DIR, else DATA_DIR/backups")

    def handle(self, *_args: Any, **options: Any) -> None:
        folder, media = Path(options["folder"] or settings.BACKUP_DIR), Path(settings.MEDIA_ROOT)
        # The name of its home goes into the copy: by it the copy knows that it is one.
        quarantine.settle()
        database = Database.of_settings(connection.settings_dict)
        at = clock.now()
        try:
            made = make(database=database, media=media, folder=folder, skipped=SKIPPED, at=at)
        except (Failed, BinaryMissing, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        for line in islice(missing_files(), 20):
            self.stderr.write(f"A row points to a file that is not there: {line}")
        beat("backup", at=at, detail=made.name)
        self.stdout.write(f"{made} ({made.stat().st_size / 1e6:.1f} MB)")
