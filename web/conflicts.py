"""What the conflict panel shows when two people changed the same fields: mine, theirs, what was."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.models import ModelChoiceField
from django.utils import timezone
from django.utils.translation import gettext as _

from common.models import Record
from leads.revisions import Clash, last_change


class Kept(list[tuple[str, str]]):
    """Fields to be sent again as they are; a field of several values stands several times."""

    def items(self) -> Iterator[tuple[str, str]]:
        return iter(self)


@dataclass(frozen=True, slots=True)
class Conflict:
    """The arguments of ``{% conflict_panel %}``."""

    rows: list[dict[str, object]]
    version: int
    who: str
    at: str
    kept: Kept


def conflict_of(form: Any, current: Record, own: Mapping[str, Any], found: Iterable[Clash]) -> Conflict:
    """``own`` are this person's changes that clash with nothing, ``found`` the fields that both changed."""
    rows = [_row(form, clash) for clash in found]
    clashing = {row["name"] for row in rows}
    last = last_change(current)
    return Conflict(
        rows=rows,
        version=current.version,
        who=last.who if last else "",
        at=f"{timezone.localtime(last.at):%H:%M}" if last else "",
        kept=Kept(_kept(form, current, own, clashing)),
    )


def _row(form: Any, clash: Clash) -> dict[str, object]:
    field = form.fields[clash.field]
    return {
        "name": clash.field,
        "label": form[clash.field].label,
        "mine": shown(field, clash.mine),
        "theirs": shown(field, clash.theirs),
        "was": shown(field, clash.was),
        "value": ",".join(_sent(clash.mine)),
        "their_value": ",".join(_sent(clash.theirs)),
    }


def _kept(form: Any, current: Record, own: Mapping[str, Any], clashing: Iterable[object]) -> Iterable[tuple[str, str]]:
    """Mine where I changed it, theirs where I did not; fields that stand on no column go as they were typed."""
    for name in form.fields:
        if name in clashing or name == "version":
            continue
        if name in own or not hasattr(current, name):
            yield from ((name, text) for text in _sent(form.cleaned_data.get(name)))
        else:
            yield from ((name, text) for text in _sent(getattr(current, name)))


def shown(field: forms.Field, value: Any) -> str:
    """A value as people read it: labels of choices, «да» and «нет», a dash for nothing."""
    if isinstance(value, bool):
        return _("да") if value else _("нет")
    if value in (None, "", []):
        return "—"
    if isinstance(field, ModelChoiceField) and field.queryset is not None:
        found = field.queryset.filter(pk=getattr(value, "pk", value)).first()
        return str(found or value)
    if isinstance(field, forms.ChoiceField):
        labels = {str(code): str(label) for code, label in field.choices}  # type: ignore[union-attr,misc]
        codes = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(str(code), str(code)) for code in codes)
    return str(value)


def _sent(value: Any) -> list[str]:
    """How a form sends a value: nothing for «off», one text for one value, several for a list."""
    if isinstance(value, list):
        return [str(part) for part in value]
    if value is False:
        return []
    if value is None:
        return [""]
    return ["on" if value is True else str(getattr(value, "pk", value))]
