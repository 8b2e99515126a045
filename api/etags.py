"""ETags: ``"<version>-<digest>"``. The version guards writes, the digest tells whether anything shown has changed
(a lead shows its party's name, which has a version of its own)."""

import hashlib
import json
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from api.problems import Precondition
from common.changes import StaleVersion
from common.models import Record

_DIGITS = 12


def etag_of(record: Record, data: Any) -> str:
    shown = json.dumps(data, cls=JSONRenderer.encoder_class, sort_keys=True).encode()
    return f'"{record.version}-{hashlib.sha256(shown).hexdigest()[:_DIGITS]}"'


def is_fresh(request: Request, etag: str) -> bool:
    """Whether ``If-None-Match`` names this very answer (weak comparison, as RFC 9110 asks for reads)."""
    return any(given in {"*", etag} for given in _tags(request, "If-None-Match"))


def expected_version(request: Request, record: Record, *, required: bool = True) -> int | None:
    """The version that ``If-Match`` names. Raises Precondition when it is required and absent, StaleVersion when it
    names another one; the service checks the number once more under the row's lock."""
    given = _tags(request, "If-Match")
    if not given:
        if required:
            raise Precondition()
        return None
    if "*" in given:
        return record.version
    versions = {tag.strip('"').partition("-")[0] for tag in given if not tag.startswith("W/")}
    if str(record.version) not in versions:
        raise StaleVersion(record, {})
    return record.version


def _tags(request: Request, header: str) -> list[str]:
    text = request.headers.get(header, "")
    tags = [tag.strip() for tag in text.split(",") if tag.strip()]
    return [tag.removeprefix("W/") for tag in tags] if header == "If-None-Match" else tags
