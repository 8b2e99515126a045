"""Renew or check what is written down of the REST contract: the listing, the changelog's mark, the error catalogue."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from api.catalogue import CATALOGUE
from api.document import document
from api.listing import differences, latest_mark, listing, mark_of, renewed
from api.places import PLACES
from common import clock

DOCS: Path = settings.BASE_DIR / "docs"
LISTING, CHANGELOG, ERRORS = DOCS / "api-listing.txt", DOCS / "api-changelog.md", DOCS / "errors.md"
ADVICE = (
    "The REST document has changed. Run `make contract`, and say in docs/api-changelog.md what it means for clients."
)


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail where something is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        after = listing(document("ru"))
        if options["check"]:
            if stale(after):
                raise CommandError(ADVICE)
            return
        before = LISTING.read_text() if LISTING.exists() else ""
        if before != after or latest_mark(CHANGELOG.read_text()) != mark_of(after):
            LISTING.write_text(after)
            day = clock.now().date().isoformat()
            lines = differences(before, after)
            text = renewed(CHANGELOG.read_text(), day=day, mark=mark_of(after), lines=lines)
            CHANGELOG.write_text(text)
            self.stdout.write(f"{LISTING.name} is renewed; look over the entry of {day} in {CHANGELOG.name}.")
        ERRORS.write_text(errors())


def stale(after: str) -> bool:
    """Whether the listing on disk, or the newest entry of the changelog, speaks of another document."""
    kept = LISTING.read_text() if LISTING.exists() else ""
    return kept != after or latest_mark(CHANGELOG.read_text()) != mark_of(after)


def errors() -> str:
    """The error catalogue as a page of the repository, in English."""
    head = (
        "# Error catalogue\n\nMade from `api/catalogue.py` by `make contract`; the same in three languages stands at"
        " `/api/docs/errors/`, where the `type` of every problem leads.\n\n| status | code | cause | what to do |\n"
        "| --- | --- | --- | --- |\n"
    )
    with translation.override("en"):
        rows = [f"| {one.status} | `{one.code}` | {one.cause} | {one.cure} |\n" for one in CATALOGUE]
        places = [f"| `{code}` | {text} |\n" for code, text in PLACES.items()]
    return head + "".join(rows) + "\n## Codes inside `errors`\n\n| code | meaning |\n| --- | --- |\n" + "".join(places)
