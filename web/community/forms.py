"""The form of a finding, and the choice of a goal for what is borrowed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agents.models import Segment
from backlog.models import Finding, Goal
from web.leads.forms_base import PageForm
from web.record_forms import RecordForm, with_present

_COUNT = {"inputmode": "numeric", "autocomplete": "off"}


class FindingForm(RecordForm):
    layout = (("claim",), ("segment", "metric", "metric_name"), ("before_passed", "before_tries"),
              ("after_passed", "after_tries"), ("text",), ("action_title",), ("action_kind", "action_minutes"),
              ("bank_wide",))  # fmt: skip

    class Meta:
        model = Finding
        fields = (
            "claim", "segment", "metric", "metric_name", "before_passed", "before_tries", "after_passed",
            "after_tries", "text", "action_title", "action_kind", "action_minutes", "bank_wide",
        )  # fmt: skip
        widgets = {
            "text": forms.Textarea(attrs={"rows": 5}),
            **{name: forms.NumberInput(attrs=_COUNT) for name in ("before_passed", "before_tries", "after_passed",
                                                                  "after_tries", "action_minutes")},
        }  # fmt: skip
        help_texts = {
            "claim": gettext_lazy("Одной фразой, например «Начинать с вопроса о сроке выдачи»."),
            "metric_name": gettext_lazy("Только для своей метрики."),
            "text": gettext_lazy("Без имён, телефонов и ИНН: находку читают коллеги из других команд."),
            "before_passed": gettext_lazy("До этого приёма. Не считали — оставьте пустым."),
            "action_title": gettext_lazy("Встанет в неделю того, кто возьмёт находку."),
            "bank_wide": gettext_lazy("Без отметки её видит только ваша команда."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        segment: Any = self.fields["segment"]
        segment.queryset = with_present(Segment.objects.visible_to(user), self.instance.segment).order_by("name")
        segment.empty_label = _("Любой сегмент")


class BorrowForm(PageForm):
    goal = forms.ChoiceField(label=gettext_lazy("Какой цели послужит"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, goals: Sequence[Goal], proposed: Goal | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goals = {str(goal.pk): goal for goal in goals}
        field: Any = self.fields["goal"]
        field.choices = [*((key, goal.statement) for key, goal in self.goals.items()), ("", _("Без цели"))]
        field.initial = str(proposed.pk) if proposed else ""

    @property
    def chosen(self) -> Goal | None:
        return self.goals.get(self.cleaned_data["goal"])
