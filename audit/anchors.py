"""The head of the chain, written down where whoever could rewrite the database does not reach.

Without it a chain whose end was cut off looks whole. ``AUDIT_ANCHOR`` is a file or a folder (best on storage that only
takes additions), or an http(s) address that gets the line as JSON; the process log gets it in any case.
"""

import json
import logging
from datetime import datetime, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

from django.conf import settings

from audit.models import Anchoring, Segment
from channels import quarantine

log = logging.getLogger(__name__)
EVERY = timedelta(hours=1)
PATIENCE = 10.0
FILE = "audit-anchor.txt"


def anchor(*, at: datetime, every: timedelta = EVERY) -> Anchoring | None:
    """Write the head down, unless the last hour has it already; None where there is nothing to write.

    A place that does not take it is tried again at the next tick; that it did not stands in the log and in the row.
    """
    last = Anchoring.objects.filter(taken=True).order_by("-at").first()
    head = Segment.objects.order_by("-n").only("n", "link").first()
    if head is None or (last is not None and last.at > at - every):
        return None
    line = f"{head.n} {at.isoformat()} {bytes(head.link).hex()}"
    log.info("Audit head: %s", line)
    # A restored copy must not write over what is known of the bank's own chain: nothing leaves it.
    taken = not quarantine.state().quarantined and _write(settings.AUDIT_ANCHOR, line)
    return Anchoring.objects.create(at=at, n=head.n, link=bytes(head.link).hex(), taken=taken)


def file_of(place: str) -> Path:
    path = Path(place)
    return path / FILE if path.is_dir() or not path.suffix else path


def _write(place: str, line: str) -> bool:
    """Whether the place took it. Without a place the process log is the only one, and the operator's to keep."""
    if not place:
        return True
    try:
        if place.startswith(("http://", "https://")):
            n, at, link = line.split()
            body = json.dumps({"n": int(n), "at": at, "link": link}).encode()
            asked = Request(place, data=body, headers={"Content-Type": "application/json"})  # noqa: S310 - see above
            with urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310 - of the settings, http(s) only
                return 200 <= int(answer.status) < 300
        path = file_of(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except (OSError, ValueError) as error:
        log.error("The audit anchor was not taken: %s", type(error).__name__)
        return False
    return True
