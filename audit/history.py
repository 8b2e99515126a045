"""A record's history: each version, by whom, and what was before and after in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from audit.redaction import event_model

_SILENT = frozenset({"id", "created_at", "updated_at", "version", "sort_key", "key", "stage_entered_at", "touched_at"})
PORTION = 50


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one version. ``before`` is None where the record began with it."""

    field: "models.Field[Any, Any]"
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Version:
    """``told`` names the person, the address, the request or job, where they are known."""

    pk: int
    at: datetime
    label: str
    told: dict[str, Any]
    changes: tuple[FieldChange, ...]


def versions(
    model: type[models.Model], object_id: UUID, *, below: int | None = None, size: int = PORTION
) -> list[Version]:
    """Newest first, one more than ``size`` where there are more. Two queries. Raises LookupError for a model without
    history."""
    event = event_model(model)
    if event is None:
        raise LookupError(model.__name__)
    rows = event._base_manager.filter(pgh_obj_id=object_id).select_related("pgh_context").order_by("-pgh_id")
    if below is not None:
        rows = rows.filter(pgh_id__lt=below)
    # Two more than shown: the one tells that there are more, the other what the last one began with.
    found = list(rows[: size + 2])
    return [_version(model, row, before) for row, before in zip(found, [*found[1:], None], strict=False)][: size + 1]


def version_of(model: type[models.Model], object_id: UUID, pk: int) -> Any:
    """The row of one version, or None."""
    event = event_model(model)
    return event and event._base_manager.filter(pgh_obj_id=object_id, pgh_id=pk).first()


def _version(model: type[models.Model], row: Any, before: Any) -> Version:
    return Version(
        pk=row.pgh_id, at=row.pgh_created_at, label=row.pgh_label,
        told=dict(row.pgh_context.metadata) if row.pgh_context else {}, changes=tuple(_changes(model, row, before)),
    )  # fmt: skip


def _changes(model: type[models.Model], row: Any, before: Any) -> Iterator[FieldChange]:
    if row.pgh_label == "delete":
        return
    for field in model._meta.concrete_fields:
        name = field.attname
        if field.name in _SILENT or not hasattr(row, name):
            continue
        new, old = getattr(row, name), getattr(before, name) if before is not None else None
        if new != old and not (before is None and new in (None, "", [], {})):
            yield FieldChange(field, old, new)
