"""What stands in a field once a person's data is gone from it."""

from typing import Any
from uuid import UUID

from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from common.personal import Holds
from common.text import fold
from common.words import ERASED


def anonym(party_id: UUID) -> str:
    """The name of somebody anonymised, in the bank's language: the same one each time."""
    with translation.override(None), translation.override("ru"):
        return _("Обезличенная запись %(code)s") % {"code": party_id.hex[-6:].upper()}


def values_of(holds: Holds, party_id: UUID) -> dict[str, Any]:
    """What ``erase`` and ``anonym`` fields become; those that must be unique are a row's own matter."""
    values = {name: blank(holds.model._meta.get_field(name)) for name in holds.erase.split()}
    for name in holds.anonym.split():
        values[name] = fold(anonym(party_id)) if name == "sort_key" else anonym(party_id)
    return values


def blank(field: Any) -> Any:
    """Empty where the field may be empty, a mark where it may not."""
    if field.null:
        return None
    if isinstance(field, models.JSONField) or getattr(field, "base_field", None):
        return field.get_default() if field.has_default() else {}
    if isinstance(field, models.BinaryField):
        return b""
    if isinstance(field, models.FileField) or field.blank:
        return ""
    return ERASED[: field.max_length] if field.max_length else ERASED


def own_blank(pk: object) -> str:
    """For a field that is unique."""
    return f"{ERASED}:{pk}"
