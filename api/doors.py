"""Doors to the rows that everybody may read: the dictionaries of the whole bank."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from api.problems import not_found_text
from common.errors import NotFound


def door_to(rows: Callable[[User], "QuerySet[Any]"]) -> Callable[[User, UUID | str], Any]:
    """A door to one of these rows. Raises NotFound, in the words of every other door."""

    def get(user: User, pk: UUID | str) -> Any:
        try:
            known = UUID(str(pk))
        except ValueError as error:
            raise NotFound(not_found_text()) from error
        found = rows(user).filter(pk=known).first()
        if found is None:
            raise NotFound(not_found_text())
        return found

    return get
