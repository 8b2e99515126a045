"""Everything about a person, as an archive: for an answer to him when the pages are not at hand."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from agents.models import Party
from leads.models import Lead
from privacy import archives


class Command(BaseCommand):
    help = "Writes an archive with everything about an agent or client (or the one of a lead): data.json, PDF, files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=UUID, help="id of an agent, a client or a lead")
        parser.add_argument("target", type=Path, help="the ZIP file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        lead = Lead.objects.filter(pk=options["id"]).first()
        party = Party.objects.filter(pk=lead.party_id if lead else options["id"]).first()
        if party is None:
            raise CommandError("There is no such agent, client or lead.")
        made = archives.make(party)
        options["target"].write_bytes(made.content)
        options["target"].chmod(0o600)
        self.stdout.write(f"Written: {made.rows} rows, {len(made.content)} bytes")
