"""Load a file by a ready mapping: the same work as the wizard's, in the foreground."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pghistory
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from common import clock
from common.errors import Refused
from imports import services, work
from imports.models import Import, RowStatus


class Command(BaseCommand):
    help = "Load leads from a CSV or XLSX file by a mapping; --dry-run checks every row and writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, help="JSON file, see imports/mapping.py")
        parser.add_argument("--key", required=True, help="column whose value identifies a row (its external id)")
        parser.add_argument("--by", required=True, help="e-mail of the person in whose name it is loaded")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(email__iexact=options["by"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active user {options['by']!r}.")
        try:
            with pghistory.context(user=str(person.pk), job="import_leads"):
                run = self._run(person, options)
        except Refused as refusal:
            details = "".join(f"\n  {error.field}: {error.message}" for error in refusal.errors)
            raise CommandError(f"{refusal.message}{details}") from refusal
        self._report(run)

    def _run(self, person: User, options: dict[str, Any]) -> Import:
        try:
            mapping = json.loads(options["mapping"].read_text())
            mapping["fields"] = {"external_id": {"column": options["key"]}} | mapping["fields"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"The mapping cannot be read: {error}") from error
        with options["file"].open("rb") as file:
            run = services.take_file(by=person, name=options["file"].name, file=File(file))
        run = services.choose_columns(run=run, by=person, mapping=mapping)
        start = services.start_check if options["dry_run"] else services.start_loading
        run = start(run=run, by=person, at=clock.now())
        return self._follow(run)

    def _follow(self, run: Import) -> Import:
        """Work it off here; where a worker has leased the same rows, wait for it instead."""
        while (run := Import.objects.select_related("owner", "team").get(pk=run.pk)).is_running:
            for settled in work.process(run):
                self.stderr.write(f"\r{settled.position}/{settled.total}", ending="")
            time.sleep(0.2)
        self.stderr.write("")
        return run

    def _report(self, run: Import) -> None:
        counts = ("created", "updated", "unchanged", "refused", "warned")
        self.stdout.write(
            json.dumps({"import": str(run.pk), "state": run.state} | {n: getattr(run, n) for n in counts})
        )
        for row in run.rows.filter(status=RowStatus.REFUSED)[:20]:
            self.stdout.write(f"row {row.number}: " + "; ".join(error["message"] for error in row.errors))
        for row in run.rows.exclude(warnings=[])[:20]:
            self.stdout.write(f"row {row.number}: " + "; ".join(warning["message"] for warning in row.warnings))
