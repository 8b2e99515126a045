"""Which models hold personal data: reading a row of theirs in a request is a look at a person.

The table of them is ``salescrm.watched``; here is what makes a model tell the journal.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from audit import journal
from audit.choices import Fields


@dataclass(frozen=True, slots=True)
class Watched:
    """A model and what of it is a look at a person.

    ``subject`` names the attributes that may hold the person's id, best first: "party_id lead_id id" takes the row's
    own where it leads to nobody. ``columns``: what is loaded without any of these (a lock, a count, an id) shows
    nothing.
    """

    model: type[models.Model]
    of: Fields
    subject: str
    columns: str


_watched: dict[type[models.Model], Watched] = {}


def install(table: Iterable[Watched]) -> None:
    """Have these models tell. A row costs about a microsecond more; outside of a request, less."""
    for line in table:
        if line.model not in _watched:
            _watched[line.model] = line
            _watch(line)


def watched() -> dict[type[models.Model], Watched]:
    return dict(_watched)


def _watch(line: Watched) -> None:
    # Django offers this method to be overridden: every row that a queryset makes comes through it, joined ones too.
    plain: Any = line.model.from_db.__func__  # type: ignore[attr-defined]
    attributes, columns = line.subject.split(), frozenset(line.columns.split())

    def from_db(cls: Any, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Any:
        row = plain(cls, db, field_names, values)
        looking = journal.current()
        if looking is not None and not columns.isdisjoint(field_names):
            loaded = row.__dict__
            looking.note(next((loaded[name] for name in attributes if loaded.get(name)), None), line.of)
        return row

    line.model.from_db = classmethod(from_db)  # type: ignore[assignment]
