"""``manage.py restore FILE``: check a backup, load it into an empty database, compare, make erasures again."""

import time
from argparse import ArgumentParser
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from channels import quarantine
from monitoring.backups import missing_files, pending_migrations, unknown_migrations
from runner.backup import archive, loading
from runner.backup.database import Database, Failed
from runner.binaries import BinaryMissing

ERASURES, AUDIT = "reapply_erasures", "verify_audit"


class Command(BaseCommand):
    help = "Load a backup into an empty database and an empty folder of files. The copy stays in quarantine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="only say whether the file is whole")

    def handle(self, *_args: Any, **options: Any) -> None:
        began, file = time.monotonic(), options["file"]
        try:
            manifest = self._check(file)
            if not options["check"]:
                self._load(file, manifest)
        except (archive.Damaged, loading.Refuses, FileNotFoundError) as error:
            raise CommandError(f"Nothing was written. {error}") from error
        except (Failed, BinaryMissing) as error:
            raise CommandError(f"The database stayed empty. {error}") from error
        except loading.Differs as error:
            raise CommandError(f"The copy stays shut: nobody can sign in. {error}") from error
        self.stdout.write(f"Done in {time.monotonic() - began:.1f} s.")

    def _check(self, file: Path) -> dict[str, Any]:
        manifest = archive.check(file)
        self.stdout.write(f"{file.name} is whole: made {manifest['made_at']}, {len(manifest['files'])} files.")
        return manifest

    def _load(self, file: Path, manifest: dict[str, Any]) -> None:
        if unknown := unknown_migrations(manifest["migrations"]):
            raise loading.Refuses(f"It was made by a newer version, which has {', '.join(unknown[:5])}")
        database, media = Database.of_settings(connection.settings_dict), Path(settings.MEDIA_ROOT)
        connection.close()
        loading.demand_empty(database=database, media=media)
        loading.load(file=file, manifest=manifest, database=database, media=media)
        rows = loading.compare(manifest=manifest, database=database)
        self.stdout.write(f"Loaded {rows} rows of {len(manifest['tables'])} tables; all digests are equal.")
        self._finish(manifest)

    def _finish(self, manifest: dict[str, Any]) -> None:
        """Until the last line nobody can sign in."""
        lost = list(islice(missing_files(), 20))
        for line in lost:
            self.stderr.write(f"A row points to a file that was not saved: {line}")
        if pending := pending_migrations():
            self.stdout.write(f"This program is newer: run «manage.py migrate» ({len(pending)} rooms).")
        known = get_commands()
        if AUDIT in known:
            call_command(AUDIT, saved_at=datetime.fromisoformat(manifest["made_at"]), stdout=self.stdout)
        if ERASURES in known and not pending:
            call_command(ERASURES, stdout=self.stdout)
        if pending:
            self.stdout.write("Then run «manage.py reapply_erasures», and «manage.py release_quarantine --look-only».")
            return
        if not quarantine.state().quarantined:
            quarantine.begin(sealed=True)
        quarantine.unseal()
        self.stdout.write(
            "The copy is in quarantine: people may sign in and look, nothing leaves it. When it is to be the bank's "
            "system: manage.py release_quarantine"
        )
