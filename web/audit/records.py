"""A record's history with values before and after, and an earlier value put back by its own editing service."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from agents.masking import NUMBERS, mask_contact
from audit import journal
from audit.choices import Fields
from audit.history import PORTION, FieldChange, Version, version_of, versions
from common.errors import Invalid, NotFound
from leads.models import Lead
from web.audit.kinds import label_of, name_of_model, tracked
from web.audit.restoring import may_restore, put_back
from web.audit.words import names_of_people
from web.integrations.rights import administrator, reader
from web.pages import only_once, page, show
from web.privacy.shown import sees

LONGEST_VALUE = 400


@page("GET")
def record(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    user, model = reader(request), _model(kind)
    below = request.GET.get("below", "")
    found = versions(model, pk, below=int(below) if below.isascii() and below.isdigit() and len(below) < 10 else None)
    if not found:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    journal.note(_subjects(model, pk), Fields.WORK)
    shown, current = found[:PORTION], model._base_manager.filter(pk=pk).first()
    context = {
        "name": name_of_model(model), "record": str(current) if current else _("удалена"), "pk": pk, "kind": kind,
        "versions": _lines(model, shown, current, plain=_plain(request, pk), restores=user.is_administrator),
        "following": f"?below={shown[-1].pk}" if len(found) > PORTION else "",
        "version": getattr(current, "version", ""), "restore_url": reverse("audit:restore", args=[kind, pk]),
    }  # fmt: skip
    return show(request, "audit/record.html", context)


@page("POST")
def restore(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    user, model = administrator(request), _model(kind)
    entry, column = request.POST.get("entry", ""), request.POST.get("column", "")
    row = version_of(model, pk, int(entry)) if entry.isascii() and entry.isdigit() and len(entry) < 10 else None
    if row is None and not versions(model, pk, size=1):
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    if row is None:
        raise Invalid(_("Такой версии у записи нет. Откройте историю ещё раз."))
    version = request.POST.get("version", "")
    here = reverse("audit:record", args=[kind, pk])

    def deed() -> str:
        put_back(
            by=user, model=model, pk=pk, column=column, row=row,
            expected_version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
        )  # fmt: skip
        return here

    return only_once(request, deed, said=_("Прежнее значение возвращено"))


def _model(kind: str) -> type[models.Model]:
    if kind not in tracked():
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return tracked()[kind][0]


def _subjects(model: type[models.Model], pk: UUID) -> Iterable[UUID]:
    """Whose history it is: a person's or a lead's own; else whoever the record names was noted when it was read."""
    return [pk] if model in {Lead} or model._meta.label == "agents.Party" else []


def _lines(
    model: type[models.Model], found: Sequence[Version], current: Any, *, plain: bool, restores: bool
) -> list[dict[str, Any]]:
    people = names_of_people(_user(version) for version in found)
    related = _related([change for version in found for change in version.changes])
    return [
        {
            "at": version.at, "label": label_of(version.label), "pk": version.pk,
            "who": people.get(_user(version)) or _by_machine(version), "told": version.told,
            "changes": [
                {
                    "name": _name(change.field), "column": change.field.attname,
                    "before": _shown(change.field, change.before, related, plain=plain),
                    "after": _shown(change.field, change.after, related, plain=plain),
                    "restores": restores and current is not None and may_restore(model, change.field.attname)
                    and getattr(current, change.field.attname) != change.after,
                }
                for change in version.changes
            ],
        }
        for version in found
    ]  # fmt: skip


def _name(field: Any) -> str:
    return _("Вид") if field.name == "kind" else str(capfirst(str(field.verbose_name)))


def _user(version: Version) -> UUID | None:
    try:
        return UUID(str(version.told.get("user")))
    except ValueError:
        return None


def _by_machine(version: Version) -> str:
    if job := version.told.get("job"):
        return _("задание %(name)s") % {"name": job}
    if command := version.told.get("command"):
        return _("команда %(name)s") % {"name": command}
    return _("в обход системы") if not version.told else _("без входа")


def _related(changes: Sequence[FieldChange]) -> dict[Any, str]:
    """Names for the ids in these changes: a query a kind of record."""
    asked: dict[Any, set[Any]] = {}
    for change in changes:
        if (other := change.field.related_model) is not None and not isinstance(other, str):
            asked.setdefault(other, set()).update({change.before, change.after} - {None})
    return {(model, row.pk): str(row) for model, ids in asked.items() for row in model._base_manager.filter(pk__in=ids)}


def _plain(request: HttpRequest, pk: UUID) -> bool:
    """Whether the reader meets numbers as they were; whose they were is not asked, for who has left is nobody's."""
    return sees(request, pk, owner_id=None)


def _shown(field: Any, value: Any, related: dict[Any, str], *, plain: bool) -> str:
    words = _words(field, value, related)
    return words if plain or words == "—" or field.name not in NUMBERS else mask_contact("", words)


def _words(field: Any, value: Any, related: dict[Any, str]) -> str:
    if value in (None, "", [], {}):
        return "—"
    if field.related_model is not None:
        return related.get((field.related_model, value), str(value))
    if choices := dict(field.flatchoices):
        return str(choices.get(value, value))
    if isinstance(value, bool):
        return _("да") if value else _("нет")
    if isinstance(field, models.DateTimeField):
        return f"{timezone.localtime(value):%d.%m.%Y %H:%M}"
    if isinstance(field, models.DateField):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)[:LONGEST_VALUE]
