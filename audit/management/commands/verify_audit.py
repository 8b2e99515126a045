"""``manage.py verify_audit [--anchor FILE] [--records] [--saved-at MOMENT]``: does the chain of the audit still hold,
and where does it break first; is every record what its last entry says."""

import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit.anchors import file_of
from audit.verifying import Anchor, anchors, upto, verify


class Command(BaseCommand):
    help = "Verifies the chain of the audit and names the first entry that is not as it was sealed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchor", type=Path, help="the file of anchors; without it, the one of AUDIT_ANCHOR")
        parser.add_argument("--records", action="store_true", help="lay every record beside its last entry as well")
        parser.add_argument(
            "--saved-at",
            type=datetime.fromisoformat,
            help="of a restored copy: anchors written later say nothing of it",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        known, saved_at = self._anchors(options["anchor"]), options["saved_at"]
        report = verify(against=upto(known, saved_at) if saved_at else known, beside_records=options["records"])
        self.stdout.write(
            f"{report.links} links, {report.rows} rows, {report.redacted} of them redacted; "
            f"{report.unchained} newer rows not chained yet; head {report.head[:16] or 'none'}"
        )
        if options["records"]:
            self.stdout.write(f"Records were looked at; {report.without_entry} of them have no entry at all.")
        if report.first is None:
            self.stdout.write("The chain holds.")
            return
        self.stdout.write(f"First bad entry: {report.first}")
        for fault in report.faults[1:]:
            self.stdout.write(f"then: {fault}")
        sys.exit(1)

    def _anchors(self, given: Path | None) -> list[Anchor]:
        place = settings.AUDIT_ANCHOR
        path = given or (file_of(place) if place and not place.startswith("http") else None)
        if path is None or (given is None and not path.exists()):
            self.stdout.write("No anchor at hand: a cut at the end of the chain would not show.")
            return []
        try:
            return anchors(path)
        except (OSError, ValueError) as error:
            raise CommandError(f"The anchors cannot be read: {error}") from error
