"""Records that another system knows by a number of its own (``common.models.External``): the pair is given once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from django.db import IntegrityError, transaction

from common.errors import FieldError, Refused
from common.models import EXTERNAL_ONCE


class KnownOutside(Refused):
    """Another record bears the pair of ``source`` and ``external_id`` already."""

    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409

    def __init__(self, message: str) -> None:
        super().__init__(message, [FieldError("external_id", "duplicate", message)])


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
