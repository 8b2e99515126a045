"""Everything that is known of a person, as one archive: data.json for machines, report.pdf for people, his files."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from agents.models import Party
from audit.models import View
from common import clock
from common.personal import Holds, Whom
from privacy import history as past
from privacy import registry, reports, subjects, wiping


@dataclass(frozen=True, slots=True)
class Archive:
    content: bytes
    rows: int


@dataclass(frozen=True, slots=True)
class Part:
    """One table or place: its rows as they stand, and as the audit remembers them. No model where it is no table."""

    key: str
    title: str
    rows: list[dict[str, Any]]
    history: list[dict[str, Any]]
    model: type[models.Model] | None = None


def make(party: Party) -> Archive:
    """Some seconds: files of imports are read too. Whatever is in memory is one person's."""
    whom = subjects.whom(party.pk)
    files: dict[str, bytes] = {}
    with translation.override("ru"):
        parts = [part for part in _parts(whom, files) if part.rows or part.history]
        at = clock.now()
        data = {"party": party.pk, "made_at": at, "parts": [_plain(part) for part in parts]}
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.json", json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
            archive.writestr("report.pdf", reports.to_pdf(party.name, parts, at))
            for name, content in files.items():
                archive.writestr(f"files/{name}", content)
    return Archive(target.getvalue(), sum(len(part.rows) + len(part.history) for part in parts))


def _plain(part: Part) -> dict[str, Any]:
    return {"key": part.key, "title": part.title, "rows": part.rows, "history": part.history}


def _parts(whom: Whom, files: dict[str, bytes]) -> Iterator[Part]:
    for holds in registry.tables():
        if not (holds.via or holds.by_value or holds.by_id or holds.pair or holds.anonym):
            yield Part(holds.model._meta.label, str(holds.title), list(_mentions(holds, whom)), [], holds.model)
            continue
        label = holds.model._meta.label
        rows = holds.model._base_manager.filter(pk__in=list(whom.records[label])).order_by("pk")
        kept = past.rows_of(holds, whom)
        history = [] if kept is None else [_told(row, holds, {}) for row in kept.order_by("pgh_created_at", "pk")]
        told = [_told(row, holds, files) for row in rows]
        yield Part(label, str(holds.title), told, history, holds.model)
    for aside in registry.asides():
        yield Part(aside.key, str(aside.title), [dict(one) for one in aside.tell(whom)], [])
    yield Part("audit.View", _("Кто смотрел ваши данные"), [dict(view) for view in _views(whom)], [])


def _mentions(holds: Holds, whom: Whom) -> Iterator[dict[str, Any]]:
    """Of other people's texts only the one that names him."""
    for row in wiping.mentioning(holds, whom):
        yield {"id": row.pk} | {name: getattr(row, name) for name, _cut in wiping.cut_out(row, whom, holds)}


def _told(row: Any, holds: Holds, files: dict[str, bytes]) -> dict[str, Any]:
    """The row by its columns; bytes and files are put beside the data, and named in it."""
    secret = {*holds.untold.split()}
    names = {field.name: field for field in row._meta.concrete_fields if field.name not in secret}
    return {name: _value(row, field, files) for name, field in names.items()}


def _value(row: Any, field: Any, files: dict[str, bytes]) -> Any:
    value = getattr(row, field.attname)
    if isinstance(field, models.FileField):
        return _file(row, field, files) if value else ""
    if isinstance(value, bytes | memoryview):
        return _bytes(row, field, bytes(value), files)
    return value


def _file(row: Any, field: Any, files: dict[str, bytes]) -> str:
    name = str(getattr(row, field.attname))
    if field.storage.exists(name):
        kept = f"{row._meta.label}/{row.pk}{PurePath(name).suffix}"
        with field.storage.open(name) as file:
            files[kept] = file.read()
        return kept
    return ""


def _bytes(row: Any, field: Any, value: bytes, files: dict[str, bytes]) -> str:
    """Text where it is text; else a file beside the data."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        kept = f"{row._meta.label}/{row.pk}.{field.name}"
        files[kept] = value
        return kept


def _views(whom: Whom) -> Iterator[Mapping[str, Any]]:
    """Who looked, not from where: the address is a colleague's."""
    rows = View.objects.filter(subjects__overlap=[*whom.records["agents.Party"], *whom.records["leads.Lead"]])
    yield from rows.order_by("at").values("at", "user_id", "look", "route", "fields", "purpose")
