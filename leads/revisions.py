"""What a record looked like at a version, and who changed it since: read from the audit trail of its table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from common.models import Record


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of a record; ``who`` is empty where a job made it."""

    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that both changed, with what it was when this person read it."""

    field: str
    mine: Any
    theirs: Any
    was: Any


def _column(record: Record, field: str) -> str:
    return str(record._meta.get_field(field).attname)  # type: ignore[union-attr]


def _plain(value: Any) -> Any:
    return getattr(value, "pk", value)


def _as_of(record: Any, version: int | None) -> Any:
    return record.events.filter(version=version).order_by("-pgh_id").first() if version else None


def clashes(record: Record, version: int | None, mine: Mapping[str, Any]) -> tuple[dict[str, Any], list[Clash]]:
    """Compare what a person wants with what changed since he read ``version``. One query.

    Returns his own changes that touch nothing of the others', and the fields that both changed. Where the trail
    does not know the version, every difference is a clash.
    """
    before = _as_of(record, version)
    own: dict[str, Any] = {}
    found: list[Clash] = []
    for field, value in mine.items():
        column = _column(record, field)
        wanted, now = _plain(value), getattr(record, column)
        was = getattr(before, column) if before is not None else None
        if wanted == now or (before is not None and wanted == was):
            continue
        if before is not None and was == now:
            own[field] = value
        else:
            found.append(Clash(field, wanted, now, was))
    return own, found


def changed_since(record: Record, version: int | None, fields: Iterable[str]) -> list[str]:
    """Which of the fields stand otherwise than in that version; none where it is not given. One query where it
    is not the present one. Of a version that the trail does not know all count as changed."""
    if version is None or version == record.version:
        return []
    before = _as_of(record, version)
    columns = {field: _column(record, field) for field in fields}
    return [f for f, column in columns.items() if before is None or getattr(before, column) != getattr(record, column)]


def last_change(record: Any) -> Change | None:
    """Who changed the record last, and when. Two queries."""
    event = record.events.select_related("pgh_context").order_by("-pgh_id").first()
    if event is None:
        return None
    by = str((event.pgh_context.metadata if event.pgh_context else {}).get("user") or "")
    user = User.objects.filter(pk=by).first() if by else None
    return Change(user.name if user else "", event.pgh_created_at)
