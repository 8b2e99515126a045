"""What the conflict panel shows when two people changed the same fields: mine, theirs, what was."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.masking import mask_tax_id
from common.models import Record
from leads.revisions import Clash, last_change
from web import formats
from web.ui.registry import language


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
    clashes = list(found)
    change = last_change(current)
    return Conflict(
        rows=[_row(form, clash) for clash in clashes],
        version=current.version,
        who=change.who if change else "",
        at=_moment(change.at) if change else "",
        kept=Kept(_kept(form, current, own, {clash.field for clash in clashes})),
    )


def _row(form: Any, clash: Clash) -> dict[str, object]:
    field = form.fields[clash.field]
    theirs, was = (_as_seen(form, clash.field, value) for value in (clash.theirs, clash.was))
    return {
        "name": form.add_prefix(clash.field),
        "label": form[clash.field].label,
        "mine": shown(field, clash.mine),
        "theirs": shown(field, theirs),
        "was": shown(field, was),
        "value": ",".join(_typed(form, clash.field)),
        "their_value": ",".join(_sent(field, theirs)),
    }


def _as_seen(form: Any, name: str, value: Any) -> Any:
    """A field that the form hides is hidden here as well; its mask, sent back, leaves what stands."""
    return mask_tax_id(str(value or "")) if name in getattr(form, "masks", ()) else value


def _kept(form: Any, current: Record, own: Mapping[str, Any], clashing: set[str]) -> Iterable[tuple[str, str]]:
    """Mine where I changed it, theirs where I did not; fields that stand on no column go as they were typed."""
    for name, field in form.fields.items():
        if name in clashing or name == "version":
            continue
        theirs = name in (form._meta.fields or ()) and name not in own
        values = _sent(field, _as_seen(form, name, _stored(current, name))) if theirs else _typed(form, name)
        yield from ((form.add_prefix(name), text) for text in values)


def _stored(current: Any, name: str) -> Any:
    return getattr(current, current._meta.get_field(name).attname)


def _typed(form: Any, name: str) -> list[str]:
    return list(form.data.getlist(form.add_prefix(name)))


def _sent(field: forms.Field, value: Any) -> list[str]:
    """How the form would send a stored value: nothing for «off», one text for one value, several for a list."""
    if isinstance(value, bool):
        return ["on"] if value else []
    text = field.widget.format_value(field.prepare_value(value))
    if isinstance(text, list | tuple | set):
        return [str(one) for one in text if one not in (None, "")]
    return [""] if text is None else [str(text)]


def shown(field: forms.Field, value: Any) -> str:
    """A stored value as people read it: labels of choices, «да» and «нет», a dash for nothing."""
    if isinstance(value, bool):
        return _("да") if value else _("нет")
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(field, forms.ModelChoiceField):
        rows: Any = field.queryset
        return str(rows.model._base_manager.filter(pk=getattr(value, "pk", value)).first() or "—")
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        labels = dict(choices)
        return ", ".join(str(labels.get(one, one)) for one in (value if isinstance(value, list) else [value]))
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return formats.day(value, language()) if isinstance(value, date) else str(field.prepare_value(value))


def _moment(at: datetime) -> str:
    """«10:41» of today, else the day too: the panel says «в …»."""
    here = timezone.localtime(at)
    return f"{here:%H:%M}" if here.date() == timezone.localdate() else formats.moment(here, language())
