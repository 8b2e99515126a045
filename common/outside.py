"""Records that another system knows by a number of its own (``common.models.External``): the pair is given once."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import ClassVar, TypeVar

from django.db import IntegrityError, transaction

from common.errors import FieldError, Refused
from common.models import EXTERNAL_ONCE, External

E = TypeVar("E", bound=External)


class KnownOutside(Refused):
    """Another record bears the pair of ``source`` and ``external_id`` already."""

    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409

    def __init__(self, message: str, place: str = "") -> None:
        """``place`` is the nested object of the request that names the record, with a dot at its end."""
        super().__init__(message, [FieldError(f"{place}external_id", "duplicate", message)])


def meant_by(rows: Iterable[E], source: str, external_id: str) -> E | None:
    """The row that a message under this name may go on with: the one that bears it, else the first that bears none.
    Without a number it is the first of all."""
    if not external_id:
        return next(iter(rows), None)
    nameless = None
    for row in rows:
        if (row.source, row.external_id) == (source, external_id):
            return row
        nameless = nameless or (None if row.external_id else row)
    return nameless


@contextmanager
def known_once(message: str) -> Iterator[None]:
    """Around one write, in a savepoint. Raises KnownOutside with this message; other conflicts pass as they are."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if EXTERNAL_ONCE not in str(error):
            raise
        raise KnownOutside(message) from error
