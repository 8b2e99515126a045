"""Taking a person's data out of the audit's events: who changed what and when stays, the values go."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from audit.redaction import event_model, redact
from common import clock
from common.personal import Holds, Whom
from common.words import ERASED
from privacy import subjects


@dataclass(frozen=True, slots=True)
class Ground:
    """What the audit's own link says of it: the act, and who confirmed it. No names."""

    reason: str
    by_id: UUID | None = None


def rows_of(holds: Holds, whom: Whom) -> "models.QuerySet[Any] | None":
    """What the audit remembers of his rows of a table, also of those that are deleted."""
    past = event_model(holds.model)
    if past is None:
        return None
    ids = list(whom.records[holds.model._meta.label])
    return past._base_manager.filter(Q(pgh_obj_id__in=ids) | subjects.linked(holds, whom))


def blank(holds: Holds, whom: Whom, values: dict[str, Any], ground: Ground) -> int:
    """Empty these fields in every version of his rows of a table. Returns how many versions."""
    changes = values | dict.fromkeys(holds.unique.split(), ERASED)
    return _redact(holds.model, list(whom.records[holds.model._meta.label]), changes, ground)


def cut(holds: Holds, rows: "models.QuerySet[Any]", names: Collection[str], ground: Ground) -> int:
    """Of records whose versions mention him: every version says what the record says by now."""
    total = 0
    for pk in set(rows.values_list("pgh_obj_id", flat=True)):
        today = holds.model._base_manager.filter(pk=pk).values(*names).first()
        total += _redact(holds.model, [pk], today or dict.fromkeys(names, ERASED), ground)
    return total


def _redact(model: type[models.Model], ids: list[Any], changes: dict[str, Any], ground: Ground) -> int:
    past = event_model(model)
    if past is None or not ids:
        return 0
    columns = {field.name for field in past._meta.concrete_fields}
    known = {name: value for name, value in changes.items() if name in columns}
    if not known:
        return 0
    at = clock.now()
    return redact(model=model, object_ids=ids, values=known, reason=ground.reason, by_id=ground.by_id, at=at)
