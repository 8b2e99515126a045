"""Whose data is meant: the ids of all his rows, living or only remembered by the audit, and the words that name him."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from agents.models import Contact, Party
from audit.redaction import event_model
from common.personal import Holds, Whom
from common.text import fold
from common.words import ERASED
from privacy import matching, registry

PARTY = "agents.Party"
_LEAST_NAME = 6
_LEAST_WORD = 5


def whom(party_id: UUID) -> Whom:
    """Some ninety small queries, and one reading of each table whose rows are found by words."""
    found: dict[str, frozenset[Any]] = {PARTY: frozenset({party_id})}
    said, pairs = _words_of(party_id)
    for holds in registry.tables():
        label = holds.model._meta.label
        if label != PARTY:
            found[label] = frozenset(_ids(holds, Whom(party_id, found, said, pairs)))
    return Whom(party_id, found, said, pairs)


def _words_of(party_id: UUID) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """His phones, e-mails, nicks and tax ids of today and before, his full name where nobody shares it; and what other
    systems call him. What is somebody else's too is left out: that is the other's data."""
    rows = [*_versions(Party, pk=party_id), *_versions(Contact, party_id=party_id)]
    words = {row[column] for row in rows for column in ("key", "tax_id") if row.get(column)}
    words |= {row["value"] for row in rows if "@" in str(row.get("value") or "")}
    shared = set(Contact.objects.filter(key__in=words).exclude(party=party_id).values_list("key", flat=True))
    told = {word for word in words - shared if len(word) >= _LEAST_WORD and word != ERASED}
    told |= {row["name"] for row in rows if _names_one(row.get("name", ""), party_id)}
    leads = registry.by_label("leads.Lead").model
    known = [*rows, *_versions(leads, party_id=party_id)]
    pairs = {(row["source"], row["external_id"]) for row in known if row.get("external_id")}
    return tuple(sorted(told, key=len, reverse=True)), tuple(sorted(pairs))


def _names_one(name: str, party_id: UUID) -> bool:
    if len(name) < _LEAST_NAME or len(name.split()) < 2:
        return False
    return not Party.objects.filter(sort_key=fold(name)).exclude(pk=party_id).exists()


def _versions(model: type[models.Model], **where: Any) -> Iterator[dict[str, Any]]:
    """The rows as they stand and as they stood."""
    yield from model._base_manager.filter(**where).values()
    history = event_model(model)
    if history is not None:
        past = {("pgh_obj_id" if name == "pk" else name): value for name, value in where.items()}
        yield from history._base_manager.filter(**past).values()


def _ids(holds: Holds, known: Whom) -> Iterator[Any]:
    where = linked(holds, known)
    if where:
        yield from holds.model._base_manager.filter(where).values_list("pk", flat=True)
        history = event_model(holds.model)
        if history is not None:
            yield from history._base_manager.filter(where).values_list("pgh_obj_id", flat=True)
    rows = strangers(holds, known)
    if rows is not None:
        yield from rows.values_list("pk", flat=True)


def linked(holds: Holds, known: Whom) -> Q:
    """Rows that point at a row of his; the same columns stand in the table and in its history."""
    where = Q()
    for column, label in holds.via.items():
        if ids := known.records.get(label):
            where |= Q(**{f"{column}__in": list(ids)})
    return where


def strangers(holds: Holds, known: Whom) -> "models.QuerySet[Any] | None":
    """Rows that point at nobody and hold his words."""
    where = matching.where(holds, known)
    if not where:
        return None
    alone = {f"{column}__isnull": True for column in holds.via}
    return matching.annotated(holds.model._base_manager.all(), holds).filter(where, **alone)
