"""Changing a record so that nobody is overwritten: one conditional UPDATE on the version."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import FieldError, Refused
from common.models import Record

R = TypeVar("R", bound=Record)


class StaleVersion(Refused):
    """Somebody changed the record since it was read. ``current`` is the record as it stands now."""

    code: ClassVar[str] = "stale_version"
    status: ClassVar[int] = 409

    def __init__(self, current: Record, mine: Mapping[str, Any]) -> None:
        super().__init__(_("Запись изменили, пока вы работали. Выберите, что оставить."))
        self.current = current
        self.mine = dict(mine)
        self.errors = tuple(FieldError(name, "stale", self.message) for name in mine)


def check_version(record: Record, expected: int | None, mine: Mapping[str, Any] | None = None) -> None:
    """Raises StaleVersion. Call it on a row that this transaction has locked."""
    if expected is not None and record.version != expected:
        raise StaleVersion(record, mine or {})


def save_changes(record: R, changes: Mapping[str, Any], *, expected_version: int | None = None) -> R:
    """Write the fields that differ and raise the version by one; nothing to change writes nothing.

    Raises StaleVersion where another transaction was faster, so that the loser sees both texts.
    """
    differing = {name: value for name, value in changes.items() if getattr(record, name) != value}
    if not differing:
        return record
    known = record.version if expected_version is None else expected_version
    model = type(record)
    changed = model._base_manager.filter(pk=record.pk, version=known).update(
        **differing, version=F("version") + 1, updated_at=timezone.now()
    )
    if not changed:
        current = model._base_manager.get(pk=record.pk)
        raise StaleVersion(current, differing)
    for name, value in differing.items():
        setattr(record, name, value)
    record.version = known + 1
    return record
