"""The form of an initiative."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.scope import people
from agents.models import Initiative, Product, Segment
from web.leads.forms_base import Day, Figure
from web.record_forms import RecordForm, with_present


class SegmentChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, segment: Any) -> str:
        return f"{segment.name} · {segment.get_kind_display().lower()}"


class InitiativeForm(RecordForm):
    layout = (("name",), ("product", "owner"), ("starts_on", "ends_on"), ("margin_goal", "currency"), ("status",),
              ("description",), ("members",), ("segments",))  # fmt: skip
    starts_on = Day(label=gettext_lazy("Начало"))
    ends_on = Day(label=gettext_lazy("Конец"))
    margin_goal = Figure(label=gettext_lazy("Цель по доп. марже"), required=False, decimal_places=2, min_value=0)
    members: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Участники"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    segments: Any = SegmentChoices(
        label=gettext_lazy("Сегменты"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Initiative
        fields = (
            "name",
            "product",
            "owner",
            "starts_on",
            "ends_on",
            "margin_goal",
            "currency",
            "status",
            "description",
        )
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        labels = {"currency": gettext_lazy("Валюта")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        initiative = self.instance
        new = initiative._state.adding
        present: Any = ([], []) if new else (list(initiative.members.all()), list(initiative.segments.all()))
        owner = None if new else initiative.owner
        product = None if new else initiative.product
        self._offer("members", with_present(people(user), *present[0]), present[0])
        self._offer("segments", with_present(Segment.objects.visible_to(user), *present[1]), present[1])
        self._offer("owner", with_present(people(user), owner), user.pk if new else None)
        self._offer("product", with_present(Product.objects.filter(active=True), product), None)

    def _offer(self, name: str, rows: Any, initial: Any) -> None:
        field: Any = self.fields[name]
        field.queryset = rows
        if initial:
            field.initial = initial
