"""Facts that another system knows by a name of its own: the pair is one fact's, of whichever lead."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from common.changes import save_changes
from common.outside import known_once
from leads.models.facts import LeadFact

Fact = TypeVar("Fact", bound=LeadFact)
TAKEN = _("Факт этого вида с таким внешним номером уже есть.")


def save_new(fact: Fact, source: str, external_id: str) -> Fact:
    """Raises KnownOutside."""
    fact.source, fact.external_id = source, external_id
    with _once(external_id):
        fact.save()
    return fact


def go_on(fact: Fact, changes: Mapping[str, Any], source: str, external_id: str) -> Fact:
    """Complete a known fact. A name is given to it, never taken away. Raises KnownOutside."""
    name = {"source": source, "external_id": external_id} if external_id else {}
    with _once(external_id):
        return save_changes(fact, {**changes, **name})


def _once(external_id: str) -> AbstractContextManager[None]:
    """A savepoint only where there is a name that may be taken: most facts are written by hand."""
    return known_once(str(TAKEN)) if external_id else nullcontext()
