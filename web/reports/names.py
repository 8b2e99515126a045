"""Names of what a line of a report stands for: people, teams, segments by their ids. One query a dimension."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Team, User
from agents.models import Initiative, Product, Segment, Utp

MODELS: Mapping[str, tuple[Any, str]] = {
    "owner": (User, "name"),
    "team": (Team, "name"),
    "segment": (Segment, "name"),
    "utp": (Utp, "statement"),
    "initiative": (Initiative, "name"),
    "product": (Product, "name"),
}
Key = UUID | str | None


def names(dimension: str, keys: Iterable[Key]) -> dict[Key, str]:
    """Ask only for keys of passages that the reader may count: their names are part of that history."""
    asked = set(keys)
    found: dict[Key, str] = {None: _("без владельца") if dimension == "owner" else _("не указано")}
    if dimension == "source":
        return {key: str(key) for key in asked} | {"": _("не указано")}
    model, column = MODELS[dimension]
    return found | dict(model.objects.filter(pk__in=asked - {None}).values_list("pk", column))


def address_of(key: Key) -> str:
    """How an address names the key."""
    return str(key) if key else "none"
