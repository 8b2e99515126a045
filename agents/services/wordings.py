"""By which words a consent was given: kept as a fingerprint, so that the text on file can be shown to be the same.

Whoever writes a consent down gives the text once; those that name the same version later take its fingerprint over. A
version with wordings in several languages has several: then only the text itself tells which one was agreed to.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from agents.models import Consent

Wording = tuple[str, str]
"""(purpose, version of the text)"""


def fingerprint(text: str) -> str:
    """SHA-256 of the text in UTF-8, hex, the same however lines end and whatever stands around it; «» of no text."""
    words = "\n".join(text.strip().splitlines())
    return hashlib.sha256(words.encode()).hexdigest() if words else ""


def known(wordings: Iterable[Wording]) -> dict[Wording, str]:
    """Fingerprints of those that have one and only one; a query, by an index over consents that have any."""
    asked = set(wordings)
    if not asked:
        return {}
    rows = Consent.objects.filter(
        purpose__in={purpose for purpose, _version in asked}, text_version__in={version for _purpose, version in asked}
    ).exclude(text_hash="")
    found: dict[Wording, set[str]] = defaultdict(set)
    for purpose, version, text_hash in rows.order_by().values_list("purpose", "text_version", "text_hash").distinct():
        found[purpose, version].add(text_hash)
    return {wording: hashes.pop() for wording, hashes in found.items() if wording in asked and len(hashes) == 1}
