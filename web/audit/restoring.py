"""Which fields of which records may be put back, and by which service: the record's own, with all of its rules."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import User
from agents.access import get_party_for, get_segment_for
from agents.models import Party, Segment
from agents.services.offers import update_segment
from agents.services.parties import update_party
from common.errors import FieldError, Invalid
from leads.access import get_lead_for
from leads.models import Lead
from leads.services.editing import update_lead


class Way(NamedTuple):
    door: Callable[[User, UUID], Any]
    service: Callable[..., Any]
    argument: str
    columns: frozenset[str]


WAYS: Mapping[type[models.Model], Way] = {
    Lead: Way(
        get_lead_for, update_lead, "lead",
        frozenset({"problem", "resources", "amount", "currency", "source_channel", "base", "tags"}),
    ),
    Party: Way(
        get_party_for, update_party, "party",
        frozenset({"name", "legal_form", "city", "tax_id", "problem", "resources", "partnership"}),
    ),
    Segment: Way(
        get_segment_for, update_segment, "segment",
        frozenset({"name", "description", "city", "region", "reach"}),
    ),
}  # fmt: skip


def may_restore(model: type[models.Model], column: str) -> bool:
    return model in WAYS and column in WAYS[model].columns


def put_back(
    *, by: User, model: type[models.Model], pk: UUID, column: str, row: Any, expected_version: int | None
) -> None:
    """Give the field the value that it had in this version. What the record's service refuses today is refused here:
    Invalid, NotFound, NotAllowed, StaleVersion."""
    if not may_restore(model, column):
        message = _("Это поле меняется другим действием.")
        raise Invalid(message, [FieldError(column, "read_only", message)])
    way = WAYS[model]
    record = way.door(by, pk)
    way.service(
        **{way.argument: record}, by=by, changes={column: getattr(row, column)}, expected_version=expected_version
    )
