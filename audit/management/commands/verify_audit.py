"""``manage.py verify_audit [--anchor FILE]``: does the chain of the audit still hold, and where does it break first."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit.anchors import file_of
from audit.verifying import Anchor, anchors, verify


class Command(BaseCommand):
    help = "Verifies the chain of the audit and names the first entry that is not as it was sealed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchor", type=Path, help="the file of anchors; without it, the one of AUDIT_ANCHOR")

    def handle(self, *_args: Any, **options: Any) -> None:
        report = verify(against=self._anchors(options["anchor"]))
        self.stdout.write(
            f"{report.links} links, {report.rows} rows, {report.redacted} of them redacted; "
            f"{report.unchained} newer rows not chained yet; head {report.head[:16] or 'none'}"
        )
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
