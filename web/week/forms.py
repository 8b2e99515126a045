"""Forms of the week: a goal, a value of its metric, the review."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from accounts.models import User
from agents.models import Initiative, Segment
from backlog.metrics import METRICS, Source
from backlog.models import Goal
from web.leads.forms_base import Day, Figure, Lines, Moment, PageForm
from web.record_forms import RecordForm, with_present


def _metric_choices() -> list[tuple[Any, Any]]:
    """By where the values come from, so that nobody looks for a field to type a counted one into."""
    names = {
        Source.ENTRIES: gettext_lazy("Считается из этапов воронки"),
        Source.RESULTS: gettext_lazy("Считается из итогов действий"),
        Source.TYPED: gettext_lazy("Вписываю сам"),
    }
    groups: list[tuple[Any, Any]] = [
        (name, [(metric.code, metric.name) for metric in METRICS.values() if metric.source is source])
        for source, name in names.items()
    ]
    return [("", gettext_lazy("Выберите")), *groups]


class GoalForm(RecordForm):
    layout = (("segment", "initiative"), ("metric", "target"), ("baseline", "due_on"), ("metric_name", "unit"))

    class Meta:
        model = Goal
        fields = (
            "statement", "segment", "initiative", "metric", "target", "baseline", "due_on", "metric_name", "unit",
            "unit_margin",
        )  # fmt: skip
        field_classes = {"target": Figure, "baseline": Figure, "due_on": Day, "unit_margin": Figure}
        help_texts = {
            "statement": gettext_lazy("Например: 10 оценщиков до устного контракта"),
            "metric_name": gettext_lazy("Только для своей метрики"),
            "unit_margin": gettext_lazy("Пусто — по марже продукта и вероятности этапа"),
        }

    def __init__(self, data: QueryDict | None, *, user: User, instance: Goal | None = None, **options: Any) -> None:
        super().__init__(data, instance=instance, **options)
        fields: Any = self.fields
        fields["metric"] = forms.ChoiceField(
            label=fields["metric"].label, choices=_metric_choices(), required=False, initial=fields["metric"].initial
        )
        rows = {"segment": Segment.objects.visible_to(user), "initiative": Initiative.objects.visible_to(user)}
        for name, queryset in rows.items():
            fields[name].queryset = with_present(queryset, getattr(instance, name) if instance else None)
            fields[name].empty_label = gettext_lazy("не указано")
        for name in ("statement", "target", "baseline", "due_on", "metric_name", "unit", "unit_margin"):
            fields[name].required = False


class ValueForm(PageForm):
    """The value of an own metric and when it held."""

    layout = (("value", "at"),)
    value = Figure(label=gettext_lazy("Сколько стало"), max_digits=14, decimal_places=2)
    at = Moment(label=gettext_lazy("Когда"), required=False, help_text=gettext_lazy("Пусто — сейчас"))
    note = forms.CharField(label=gettext_lazy("Откуда"), max_length=200, required=False)


class ReviewForm(PageForm):
    worked = Lines(label=gettext_lazy("Что сработало"), rows=3, required=False, max_length=4000)
    failed = Lines(label=gettext_lazy("Что не сработало"), rows=3, required=False, max_length=4000)


def default_due(monday: date, last: date | None) -> date:
    """The last working day of the week, or its Sunday."""
    return last or date.fromordinal(monday.toordinal() + 6)
