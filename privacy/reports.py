"""The report for people: what data.json says, by the names that forms have for it, in the bank's time.

What only machines need (keys, versions, hashes) stays in data.json; words of people and contacts stand here always.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit.choices import Fields, Look
from privacy import pdf
from privacy.registry import holds_words

NAMED = frozenset(
    {
        "accounts.User",
        "accounts.Team",
        "agents.Initiative",
        "agents.Product",
        "agents.Segment",
        "agents.Utp",
        "funnel.Stage",
    }
)
"""Records of the bank's own that a row points at: told by their names, some queries in all."""
LABELS: Mapping[str, Any] = {
    "address": gettext_lazy("адрес"),
    "at": gettext_lazy("когда"),
    "bant": gettext_lazy("ответы на вопросы BANT"),
    "by": gettext_lazy("кто записал"),
    "by_id": gettext_lazy("кто записал"),
    "cells": gettext_lazy("строка файла"),
    "channel": gettext_lazy("канал"),
    "closed_at": gettext_lazy("закрыт"),
    "created_at": gettext_lazy("записано"),
    "currency": gettext_lazy("валюта"),
    "event": gettext_lazy("событие"),
    "external_id": gettext_lazy("номер в другой системе"),
    "file": gettext_lazy("файл"),
    "fields": gettext_lazy("что видел"),
    "file_name": gettext_lazy("имя файла"),
    "from_stage": gettext_lazy("с этапа"),
    "loaded_at": gettext_lazy("загружено"),
    "look": gettext_lazy("где видел"),
    "owner": gettext_lazy("сотрудник"),
    "pgh_created_at": gettext_lazy("редакция от"),
    "pgh_label": gettext_lazy("что сделано"),
    "purpose": gettext_lazy("зачем"),
    "reason": gettext_lazy("причина"),
    "row": gettext_lazy("номер строки"),
    "sent_at": gettext_lazy("отправлено"),
    "source": gettext_lazy("откуда"),
    "source_channel": gettext_lazy("канал"),
    "stage": gettext_lazy("этап"),
    "state": gettext_lazy("состояние"),
    "subject": gettext_lazy("тема"),
    "text": gettext_lazy("текст"),
    "user_id": gettext_lazy("сотрудник"),
}
"""For columns whose model names none, and for what stands in no table's columns."""
DEEDS = {"insert": gettext_lazy("создано"), "update": gettext_lazy("изменено"), "delete": gettext_lazy("удалено")}
_MACHINES = frozenset({"id", "route", "sort_key", "key", "pgh_id", "pgh_context", "pgh_obj"})
_EMPTY: tuple[Any, ...] = ("", None, [], {})


class Part(Protocol):
    """What ``archives`` gathers of one table or place."""

    @property
    def title(self) -> str: ...
    @property
    def model(self) -> type[models.Model] | None: ...
    @property
    def rows(self) -> list[dict[str, Any]]: ...
    @property
    def history(self) -> list[dict[str, Any]]: ...


def to_pdf(name: str, parts: Sequence[Part], at: datetime) -> bytes:
    """In the language that is on. Raises nothing: what it does not understand it writes as it stands."""
    heading = _("Персональные данные: %(name)s") % {"name": name}
    made = _("Составлено %(at)s. Те же данные для машин — в файле data.json.") % {"at": _value(None, at)}
    story = [pdf.title(heading), pdf.words(made)]
    names = _names(parts)
    for part in parts:
        story.append(pdf.heading(f"{part.title} · {len(part.rows)}"))
        for row in part.rows:
            story += pdf.pairs(_lines(part.model, row, names))
        if part.history:
            story.append(pdf.words(_("Прежние редакции: %(count)s.") % {"count": len(part.history)}))
            for row in part.history:
                story += pdf.pairs(_lines(part.model, row, names))
    return pdf.to_bytes(story, called=heading)


def _lines(model: type[models.Model] | None, row: Mapping[str, Any], names: Mapping[Any, str]) -> Iterator[Any]:
    for key, value in row.items():
        field = _field(model, key)
        if value in _EMPTY or key in _MACHINES or not (label := _label(field, key)):
            continue
        related = getattr(field, "related_model", None) is not None or key in {"user_id", "by_id"}
        if not related:
            yield capfirst(label), _word(key, value) or _value(field, value)
        elif value in names:
            yield capfirst(label), names[value]


def _word(key: str, value: Any) -> str:
    """What the audit and the journal of views say by codes."""
    if key == "pgh_label":
        return str(DEEDS.get(value, ""))
    if key == "look" and value in Look.values:
        return str(Look(value).label)
    if key == "fields" and set(value) <= set(Fields.values):
        return ", ".join(str(Fields(one).label) for one in value)
    return ""


def _label(field: Any, key: str) -> str:
    """What the column is called on forms; words of people that are called nothing go by the column's own name."""
    if field is not None and str(field.verbose_name) != field.name.replace("_", " "):
        return str(field.verbose_name)
    return str(LABELS.get(key) or (key if field is None or (holds_words(field) and not field.unique) else ""))


def _field(model: type[models.Model] | None, key: str) -> Any:
    return next((one for one in model._meta.concrete_fields if one.name == key), None) if model else None


def _value(field: Any, value: Any) -> str:
    if field is not None and field.choices and not isinstance(value, list):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("да") if value else _("нет")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d.%m.%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}".replace(",", "\u00a0").replace(".", ",")
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_value(None, one)}" for name, one in value.items() if one not in _EMPTY)
    if isinstance(value, list | tuple | frozenset | set):
        flat = all(isinstance(one, str | int) for one in value)
        return ", ".join(map(str, value)) if flat else json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return str(value)


def _names(parts: Iterable[Part]) -> dict[Any, str]:
    """Of every colleague, stage, product … that a row points at; a query for each kind."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for part in parts:
        for row in (*part.rows, *part.history):
            for key, value in row.items():
                related = getattr(_field(part.model, key), "related_model", None)
                if key in {"user_id", "by_id"}:
                    related = User
                if related is not None and related._meta.label in NAMED and value is not None:
                    wanted[related].add(value)
    return {one.pk: str(one) for model, ids in wanted.items() for one in model._base_manager.filter(pk__in=ids)}
