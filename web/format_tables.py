"""Words and marks that differ between languages, for the faces."""

from common.format_tables import (
    CURRENCY,
    DEFAULT,
    MINUS,
    NBSP,
    WORDS,
    Words,
)

__all__ = [
    "CURRENCY",
    "DEFAULT",
    "MINUS",
    "NBSP",
    "WORDS",
    "Words",
]
