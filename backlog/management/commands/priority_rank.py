"""Write everybody's ranked list as of a moment into a CSV file."""

import csv
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from agents.models import Utp
from backlog.explain import sentence
from backlog.ranking.listing import lists
from common import clock

COLUMNS = (
    "owner", "rank", "lead", "score", "p", "p_low", "p_high", "margin", "hours", "freshness", "n", "reason",
)  # fmt: skip


class Command(BaseCommand):
    help = "Rank the open leads of the database as of a moment; nothing that happened later counts, nothing is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--asof", help="a moment like 2026-11-22T09:00:00Z; now when left out")
        parser.add_argument("--out", default="-", help="the file to write; - for the standard output")

    def handle(self, *_args: Any, **options: Any) -> None:
        asof = _moment(options["asof"]) if options["asof"] else clock.now()
        if options["out"] == "-":
            _write(sys.stdout, asof)
            return
        try:
            with Path(options["out"]).open("w", encoding="utf-8", newline="") as file:
                _write(file, asof)
        except OSError as error:
            raise CommandError(f"The file cannot be written: {error.strerror}.") from error


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--asof is a moment like 2026-11-22T09:00:00Z, not {text!r}.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _write(file: TextIO, asof: datetime) -> None:
    utps = dict(Utp.objects.values_list("pk", "statement"))
    table = csv.writer(file)
    table.writerow(COLUMNS)
    for owner, rank, lead, score, reason, utp in lists(asof=asof):
        parts = (reason.p, reason.p_low, reason.p_high, reason.margin, reason.hours, reason.freshness, reason.n)
        table.writerow((owner, rank, lead, repr(score), *map(repr, parts), sentence(reason, utp=utps.get(utp, ""))))
