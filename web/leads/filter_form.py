"""The bar of conditions over list and board: a form whose state is the address."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext as _

from accounts.scope import people
from agents.choices import Kind
from agents.models import Initiative, Segment
from funnel.models import Stage
from leads.choices import Outcome, PromiseState
from leads.filters import NOBODY, VIEWS
from web.leads.filtering import Asked

Choices = list[tuple[str, str]]
DAYS = ("created_at_after", "created_at_before", "next_action_at_after", "next_action_at_before")
PLAIN = ("source_channel", "base", "tag")
_FRESH = frozenset({"page", "column", "from"})


class FilterForm(forms.Form):
    """Three queries for the choices, whatever is chosen. ``kept`` are the conditions that no control here shows."""

    stage = forms.ChoiceField(required=False)
    owner = forms.ChoiceField(required=False)
    segment = forms.ChoiceField(required=False)
    initiative = forms.ChoiceField(required=False)
    view = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(required=False)
    outcome = forms.ChoiceField(required=False)
    value = forms.ChoiceField(required=False)
    created_at_after = forms.DateField(required=False)
    created_at_before = forms.DateField(required=False)
    next_action_at_after = forms.DateField(required=False)
    next_action_at_before = forms.DateField(required=False)
    source_channel = forms.CharField(required=False, max_length=60)
    base = forms.CharField(required=False, max_length=120)
    tag = forms.CharField(required=False, max_length=40)

    def __init__(self, asked: Asked, stages: Iterable[Stage], *, kind: str = "", without: Iterable[str] = ()) -> None:
        first = {name: asked.query.getlist(name)[0] for name in asked.query}
        super().__init__(initial=first | {"view": asked.view}, auto_id="filter-%s")
        self.query = asked.query
        for name in without:
            del self.fields[name]
        self._label(asked)
        choices = self._choices(asked, list(stages), kind or asked.query.get("kind", ""))
        for name, found in choices.items():
            if name in self.fields:
                self.fields[name].widget.choices = found  # type: ignore[attr-defined]
        self._dates()

    def kept(self) -> list[tuple[str, str]]:
        """What must travel with the form: second values of one condition, and conditions without a control."""
        found = []
        for name in self.query:
            if name == "q" or name in _FRESH:
                continue
            values = self.query.getlist(name)
            shown = name in self.fields and self._offers(name, values[0])
            found += [(name, value) for value in (values[1:] if shown else values)]
        return found

    @property
    def opened(self) -> bool:
        """Whether a condition of the folded part is in force."""
        return any(name in self.query for name in (*DAYS, *PLAIN, "outcome", "value", "initiative"))

    def _offers(self, name: str, value: str) -> bool:
        choices = getattr(self.fields[name].widget, "choices", None)
        return choices is None or value in dict(choices)

    def _label(self, asked: Asked) -> None:
        for name, field in self.fields.items():
            known = asked.filterset.filters.get(name)
            if known is not None:
                field.label = known.label
        ends = (_("Создан с"), _("Создан по"), _("Шаг с"), _("Шаг по"))
        for name, label in zip(DAYS, ends, strict=True):
            self.fields[name].label = label

    def _dates(self) -> None:
        for name in DAYS:
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def _choices(self, asked: Asked, stages: list[Stage], kind: str) -> dict[str, Choices]:
        user = asked.user
        segments = Segment.objects.visible_to(user).order_by("name")
        initiatives = Initiative.objects.visible_to(user)
        any_of_them = [("", _("Все"))]
        none = [(NOBODY, _("не указано"))]
        return {
            "stage": any_of_them + _stages(stages, kind),
            "owner": any_of_them + [(NOBODY, _("без владельца"))] + [(str(p.pk), p.name) for p in people(user)],
            "segment": any_of_them
            + none
            + [(str(s.pk), s.name) for s in (segments.filter(kind=kind) if kind else segments)],
            "initiative": any_of_them + none + [(str(i.pk), i.name) for i in initiatives],
            "view": [(name, str(label)) for name, label in VIEWS],
            "kind": [("", _("Обе")), *((str(v), str(label)) for v, label in Kind.choices)],
            "outcome": any_of_them + [(str(v), str(label)) for v, label in Outcome.choices],
            "value": any_of_them + [(str(v), str(label)) for v, label in PromiseState.choices],
        }


def _stages(stages: list[Stage], kind: str) -> Choices:
    """A stage of both funnels stands once: the condition goes by its code."""
    shown = [stage for stage in stages if stage.active and kind in {"", stage.kind}]
    names: dict[str, str] = {}
    for stage in sorted(shown, key=lambda stage: stage.position):
        names.setdefault(stage.code, stage.name)
    return list(names.items())
