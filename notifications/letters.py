"""Occasions with a letter of their own: who writes them stands in one table of the wiring, as for events."""

from collections.abc import Callable, Mapping
from typing import Any

from accounts.models import User

Letter = tuple[str, str, str]
"""Subject, text, HTML."""
Write = Callable[[Mapping[str, Any], User], Letter | None]

_writers: Mapping[str, Write] = {}


def install(writers: Mapping[str, Write]) -> None:
    """By the kind of notice. Called once by the wiring when the application starts."""
    global _writers  # noqa: PLW0603 - one table per process, set once at start
    _writers = writers


def write(kind: str, facts: Mapping[str, Any], user: User) -> Letter | None:
    """The letter in the language that is on; None where the occasion is said in a line."""
    writer = _writers.get(kind)
    return writer(facts, user) if writer else None
