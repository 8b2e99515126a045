"""Many bodies of one shape: read by the same serializer as a single one, with each relation looked up once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.models import ApiToken, User
from api.fields import Ref
from api.shapes import Strict


@dataclass(frozen=True, slots=True)
class Caller:
    """What a shape needs to know of a request where there is none any more: who, and by which token."""

    user: User
    auth: ApiToken | None = None


def read_all(
    shape: type[Strict], items: Sequence[Any], caller: Request | Caller
) -> Iterator[dict[str, Any] | ValidationError]:
    """The values of each item, or what is wrong with it, in order. One query for each relation, not for each item."""
    context: dict[str, Any] = {"request": caller}
    reader = shape(context=context)
    context["known"] = _known(reader, items, cast("User", caller.user))
    for item in items:
        try:
            values: dict[str, Any] = reader.run_validation(item)
        except ValidationError as error:
            yield error
        else:
            yield values


def _known(reader: Strict, items: Sequence[Any], by: User) -> dict[str, dict[UUID, Any]]:
    """Rows that the items name, of those that the caller may see, by the name of the field."""
    found: dict[str, dict[UUID, Any]] = {}
    for name, field in reader.fields.items():
        if not isinstance(field, Ref) or field.rows is None:
            continue
        ids = {pk for item in items if isinstance(item, Mapping) and (pk := _uuid(item.get(name)))}
        found[name] = {row.pk: row for row in field.rows(by).filter(pk__in=ids)} if ids else {}
    return found


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
