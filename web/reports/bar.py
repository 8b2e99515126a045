"""The bar of conditions of every report: a form whose state is the address. Asks the database nothing."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from web.reports import periods
from web.reports.asking import DIMENSIONS, LABELS, Asked


class LongSelect(forms.Select):
    """Draws its options by itself: a template for each is most of what a page costs where people are a thousand."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        told = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        chosen = set(self.format_value(value))
        return format_html("<select{}>{}</select>", flatatt(told), self._options(self.choices, chosen))

    def _options(self, choices: Iterable[Any], chosen: set[str]) -> SafeString:
        parts = []
        for key, text in choices:
            if isinstance(text, list | tuple):
                parts.append(f'<optgroup label="{escape(key)}">{self._options(text, chosen)}</optgroup>')
            else:
                mark = " selected" if str(key) in chosen else ""
                parts.append(f'<option value="{escape(key)}"{mark}>{escape(text)}</option>')
        return SafeString("".join(parts))


class FilterForm(forms.Form):
    """Draws what the address says; reading the address is ``asking``'s part."""

    def __init__(self, asked: Asked, uses: Sequence[str] = tuple(LABELS)) -> None:
        own = asked.period.code == periods.OWN
        days = {"from": asked.period.first, "to": asked.period.last} if own else {}
        shown = asked.funnel if asked.both else asked.one_funnel
        initial = {**asked.chosen, **asked.own, "funnel": shown.code if shown else "", **days}
        super().__init__(initial=initial, auto_id="filter-%s")
        for choice in asked.owns:
            pairs = asked.pairs[choice.name]
            self.fields[choice.name] = forms.ChoiceField(label=str(choice.label), required=False, choices=pairs)
        for name in ("from", "to"):
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields[name] = forms.DateField(label=LABELS[name], required=False, widget=widget)
        funnels = [(code, _named(row.name, active=row.active)) for code, row in asked.offered.funnels.items()]
        if asked.both:
            funnels.insert(0, ("", _("Агенты и клиенты")))
        self.fields["funnel"] = forms.ChoiceField(label=LABELS["funnel"], required=False, choices=funnels)
        for name in DIMENSIONS:
            choices = asked.offered.choices(name)
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name], required=False, choices=choices, widget=LongSelect
            )

        self._uses = uses
        self._own = [choice.name for choice in asked.owns]

    @property
    def own(self) -> list[forms.BoundField]:
        """What only this page asks. Drawn apart: the choices may depend on the funnel."""
        return [self[name] for name in self._own]

    @property
    def shared(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self._own and name in self._uses]


def _named(name: str, *, active: bool) -> str:
    return name if active else f"{name} {_('(не действует)')}"
