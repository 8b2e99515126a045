"""Taking a person's data out of one table and its history: each step a transaction's worth, harmless to repeat."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pgtrigger
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from audit.redaction import event_model
from common.personal import Holds, Whom
from common.words import without
from privacy import blanks, history, matching

_LOG = "funnel.StageEntry"
_BATCH = 500


def wipe(holds: Holds, whom: Whom, ground: history.Ground) -> int:
    """His rows of a table: emptied or deleted, first as they stand, then as they stood. Returns how many rows."""
    rows = holds.model._base_manager.filter(pk__in=list(whom.records[holds.model._meta.label]))
    values = blanks.values_of(holds, whom.party_id)
    if not (values or holds.unique or holds.gone):
        return 0
    _delete_files(holds, rows)
    touched = rows.count()
    if holds.gone:
        rows.delete()
    else:
        _empty(holds, rows, values)
    history.blank(holds, whom, values, ground)
    return touched


def _empty(holds: Holds, rows: "models.QuerySet[Any]", values: dict[str, Any]) -> None:
    changes = dict(values)
    names = {field.name for field in holds.model._meta.concrete_fields}
    if {"version", "updated_at"} <= names:  # whoever has the record's form open is told that it changed
        changes |= {"version": F("version") + 1, "updated_at": timezone.now()}
    if holds.model._meta.label == _LOG:
        with pgtrigger.ignore(f"{_LOG}:append_only"):
            rows.exclude(reason="").update(**changes)
    elif changes:
        rows.update(**changes)
    for name in holds.unique.split():
        for pk in list(rows.exclude(**{name: ""}).values_list("pk", flat=True)):
            holds.model._base_manager.filter(pk=pk).update(**{name: blanks.own_blank(pk)})


def _delete_files(holds: Holds, rows: "models.QuerySet[Any]") -> None:
    """Once the transaction is in: a file that is gone cannot be rolled back."""
    for field in holds.model._meta.concrete_fields:
        if isinstance(field, models.FileField) and field.name in holds.erase.split():
            for name in rows.exclude(**{field.name: ""}).values_list(field.name, flat=True):
                transaction.on_commit(partial(field.storage.delete, name))


def wipe_mentions(holds: Holds, whom: Whom, ground: history.Ground) -> int:
    """His phones, mails and name in the texts of other people's rows. Reads the table once; returns how many rows."""
    names = free_texts(holds)
    touched = 0
    for row in mentioning(holds, whom):
        changes = dict(cut_out(row, whom, holds))
        if changes:
            holds.model._base_manager.filter(pk=row.pk).update(**changes)
            touched += 1
    past = event_model(holds.model)
    if past is not None and whom.words:
        known = {field.name for field in past._meta.concrete_fields}
        if kept := [name for name in names if name in known]:
            history.cut(holds, _searched(past, kept, whom), kept, ground)
    return touched


def free_texts(holds: Holds) -> list[str]:
    """What people write in their own words; columns for one value (a number, an address) are somebody else's own."""
    long = [name for name in holds.erase.split() if isinstance(holds.model._meta.get_field(name), models.TextField)]
    return sorted({*holds.mentions.split(), *long})


def mentioning(holds: Holds, whom: Whom) -> "models.QuerySet[Any]":
    """Rows of other people whose texts hold his words."""
    names = free_texts(holds)
    if not (names and whom.words):
        return holds.model._base_manager.none()
    his = list(whom.records[holds.model._meta.label])
    return _searched(holds.model, names, whom).exclude(pk__in=his)


def _searched(model: type[models.Model], names: list[str], whom: Whom) -> "models.QuerySet[Any]":
    rows = matching.searched(model._base_manager.all(), names)
    return rows.filter(matching.contains_any(names, whom.words))


def cut_out(row: Any, whom: Whom, holds: Holds) -> Iterator[tuple[str, Any]]:
    """The texts that hold his words, without them."""
    for name in free_texts(holds):
        value = getattr(row, name)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        cut = without(text, whom.words)
        if cut != text:
            yield name, cut if isinstance(value, str) else json.loads(cut)


def count(holds: Holds, whom: Whom) -> int:
    """How many living rows of his a table has."""
    return holds.model._base_manager.filter(pk__in=list(whom.records[holds.model._meta.label])).count()
