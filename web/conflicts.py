"""Two people changed one record: what does not clash is brought together, what does is asked."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model
from django.forms.models import ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.selectors import name_of
from common.changes import StaleVersion
from common.history import at_version, last_change
from common.models import Record
from web.pages import show

Deed = Callable[[Mapping[str, Any], int | None], Any]


@dataclass(frozen=True, slots=True)
class Clash:
    """``was`` are the values that both started from; ``fields`` the ones that both changed, each his way."""

    current: Record
    mine: Mapping[str, Any]
    was: Mapping[str, Any]
    fields: tuple[str, ...]


class Kept(list[tuple[str, object]]):
    """Fields to be sent again as they are; a field of several values stands several times."""

    def items(self) -> Iterator[tuple[str, object]]:
        return iter(self)


def settle(changes: Mapping[str, Any], version: int | None, deed: Deed) -> Clash | None:
    """Do ``deed`` on these changes. Where somebody was faster with other fields, both changes stand.

    Returns the clash where the same field was changed, with nothing written.
    """
    try:
        deed(changes, version)
    except StaleVersion as stale:
        clash = _clash(stale.current, changes, at_version(stale.current, version))
        if clash.fields:
            return clash
        ours = {name: value for name, value in changes.items() if _plain(value) != _plain(clash.was[name])}
        deed(ours, stale.current.version)
    return None


def _clash(current: Record, mine: Mapping[str, Any], before: Any) -> Clash:
    """Without the earlier row every field that differs is asked about."""
    theirs = {name: getattr(current, name) for name in mine}
    was = {name: getattr(before, name) for name in mine} if before is not None else dict.fromkeys(mine)
    both = [
        name
        for name in mine
        if _plain(mine[name]) != _plain(theirs[name])
        and (before is None or _plain(was[name]) not in (_plain(mine[name]), _plain(theirs[name])))
    ]
    return Clash(current, mine, was if before is not None else theirs, tuple(both))


def conflict(request: HttpRequest, form: forms.BaseForm, clash: Clash, *, back: str) -> HttpResponse:
    """The page that asks field by field: mine, theirs, what was. Status 409."""
    rows = [_row(form, clash, name) for name in clash.fields]
    last = last_change(clash.current)
    context = {
        "rows": rows,
        "version": clash.current.version,
        "kept": Kept(_kept(form, clash)),
        "who": name_of(last.user_id) if last else "",
        "at": f"{timezone.localtime(last.at):%H:%M}" if last else "",
        "back": back,
        "record": clash.current,
    }
    return show(request, "settings/conflict.html", context, status=409)


def _row(form: forms.BaseForm, clash: Clash, name: str) -> dict[str, object]:
    field, theirs = form.fields[name], getattr(clash.current, name)
    return {
        "name": name,
        "label": form[name].label,
        "mine": shown(field, clash.mine[name]),
        "theirs": shown(field, theirs),
        "was": shown(field, clash.was[name]),
        "value": ",".join(_sent(clash.mine[name])),
        "their_value": ",".join(_sent(theirs)),
    }


def _kept(form: forms.BaseForm, clash: Clash) -> Iterable[tuple[str, object]]:
    """Mine where I changed it, theirs where I did not."""
    for name in form.fields:
        if name in clash.fields or name not in clash.mine:
            continue
        changed = _plain(clash.mine[name]) != _plain(clash.was[name])
        for text in _sent(clash.mine[name] if changed else getattr(clash.current, name)):
            yield name, text


def shown(field: forms.Field, value: Any) -> str:
    """A value as people read it: labels of choices, «да» and «нет», a dash for nothing."""
    if isinstance(value, bool):
        return _("да") if value else _("нет")
    if value in (None, "", []):
        return "—"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, ModelChoiceField):
        labels = {str(code): str(label) for code, label in field.choices}  # type: ignore[union-attr,misc]
        codes = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(code), str(code)) for code in codes)
    return str(value)


def _sent(value: Any) -> list[str]:
    """How a form sends a value: nothing for «off», one text for one value, several for a list."""
    if isinstance(value, list):
        return [str(part) for part in value]
    if value is False or value is None:
        return [""] if value is None else []
    return ["on" if value is True else str(_plain(value))]


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value
