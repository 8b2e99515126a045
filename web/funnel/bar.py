"""The bar of conditions: a form whose state is the address."""

from django import forms

from web.funnel import periods
from web.funnel.asking import CHOICES, LABELS, Asked


class FilterForm(forms.Form):
    """Draws what the address says; reading the address is ``asking``'s part. Asks the database nothing."""

    def __init__(self, asked: Asked) -> None:
        own = asked.period.code == periods.OWN
        days = {"from": asked.period.first, "to": asked.period.last} if own else {}
        super().__init__(initial=dict(asked.chosen) | days, auto_id="filter-%s")
        for name in CHOICES:
            choices = asked.offered.segments() if name == "segment" else asked.offered.pairs(name)
            self.fields[name] = forms.ChoiceField(label=LABELS[name], required=False, choices=choices)
        for name in ("from", "to"):
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields[name] = forms.DateField(label=LABELS[name], required=False, widget=widget)

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields]
