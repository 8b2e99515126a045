"""Typed events: a deed says what happened, one table (``salescrm.subscriptions``) says who reacts.

Handlers run inside the deed's transaction, in the order of the table. A handler that fails rolls the deed
back: the effects that others count on are part of the deed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events; subclasses carry ids and plain values, never model instances."""


Table = Mapping[type[Event], Sequence[Callable[[Any], None]]]
_table: Table = {}


def install(table: Table) -> None:
    """Called once by the wiring when the application starts."""
    global _table  # noqa: PLW0603 - one table per process, set once at start
    _table = table


def publish(event: Event) -> None:
    """Run the handlers of this event, in order. Must be called inside the deed's transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{type(event).__name__} was published outside a transaction")
    for handler in _table.get(type(event), ()):
        handler(event)
