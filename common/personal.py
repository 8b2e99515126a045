"""How a room says what it holds of people: ``<room>/personal.py`` has HOLDS, PLAIN, ASIDES and AGES (docs/adr/0034).

Every text, list, JSON, file and bytes field of every model is named in one of them; a test finds what is not.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Holds:
    """A table with data about the people we sell to. Names of fields stand in one string, with blanks between.

    ``via``: column → model («agents.Party») whose row makes this row the person's. ``erase``: emptied when the person
    is anonymised; ``anonym``: gets the name that he bears then; ``unique``: gets a value of its own; ``keep``: told to
    the person, and kept by law; ``gone``: his rows are deleted whole. ``by_value``: fields by which rows that point at
    nobody are found, from the person's contacts; ``by_id``: the same, from the ids of his records; ``pair``: by the
    names that other systems have for him. ``mentions``: words
    about something else, out of which only his contacts are taken. ``untold``: in no export.
    """

    model: type[models.Model]
    title: Words
    via: Mapping[str, str] = field(default_factory=dict)
    erase: str = ""
    anonym: str = ""
    unique: str = ""
    keep: str = ""
    by_value: str = ""
    by_id: str = ""
    mentions: str = ""
    untold: str = ""
    gone: bool = False
    pair: bool = False

    @property
    def declared(self) -> set[str]:
        """Every field that this says something about."""
        parts = (self.erase, self.anonym, self.unique, self.keep, self.by_value, self.by_id, self.mentions, self.untold)
        return set(" ".join(parts).split())


@dataclass(frozen=True, slots=True)
class Whom:
    """Whose data is looked for: the ids of his records by model («leads.Lead»), and words that are nobody else's
    (phones, e-mails, tax ids, a full name that nobody shares); ``pairs`` are source and id in other systems."""

    party_id: UUID
    records: Mapping[str, frozenset[Any]]
    words: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Of his card and his leads, as text holds them."""
        return frozenset(str(pk) for label in ("agents.Party", "leads.Lead") for pk in self.records.get(label, ()))


@dataclass(frozen=True, slots=True)
class Aside:
    """Data about people that stands in no table's own columns: rows of files, sessions, answers kept for a repetition.

    ``tell`` gives it out, ``forget`` takes it away and returns how many pieces; both are harmless to repeat.
    """

    key: str
    title: Words
    tell: Callable[[Whom], Iterable[Mapping[str, Any]]]
    forget: Callable[[Whom], int]


@dataclass(frozen=True, slots=True)
class Ages:
    """How long a class of rows is kept: those that ``rows(before)`` finds are deleted, or have ``clear`` written over.

    ``days`` is what holds until an administrator says otherwise. ``party`` are lookups to the party; rows of somebody
    under a legal hold stay. ``before`` gets the rows of a batch, for what hangs on them outside the database.
    ``least`` days are demanded by law: nobody sets fewer. ``drop(before, at)`` takes a batch away itself, where rows
    are sealed, and says how many went; none when all have.
    """

    key: str
    title: Words
    days: int
    rows: Callable[[datetime], "models.QuerySet[Any]"]
    clear: Mapping[str, Any] | None = None
    party: tuple[str, ...] = ()
    before: Callable[["models.QuerySet[Any]"], None] | None = None
    least: int = 1
    drop: Callable[[datetime, datetime], int] | None = None
