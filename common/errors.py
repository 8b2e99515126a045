"""What a deed raises when it refuses. Each concrete error stands beside the function that raises it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing to mend: ``field`` names the input, ``code`` is for machines, ``message`` is for people."""

    field: str
    code: str
    message: str


class Refused(Exception):
    """A rule said no. Pages show it beside the fields, the API turns it into problem+json.

    ``code`` is stable and documented; ``status`` is the HTTP status that both faces answer with.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(self, message: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.errors = tuple(errors)


class Invalid(Refused):
    """The input does not fit; ``errors`` name each field."""

    code = "invalid"


class NotAllowed(Refused):
    """The person may see the record but not do this to it."""

    code = "not_allowed"
    status = 403


class NotFound(Refused):
    """Hidden and missing look the same, so that a stranger learns no ids."""

    code = "not_found"
    status = 404
