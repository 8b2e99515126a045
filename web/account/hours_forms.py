"""Forms of one's working time: they parse; the services judge."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from web.leads.forms_base import Day, PageForm
from web.record_forms import RecordForm
from worktime.models import WorkSchedule


class Weekdays(forms.TypedMultipleChoiceField):
    """Numbers from Monday = 1; the conflict panel sends them back in one text, divided by commas."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        choices = [(number + 1, name) for number, name in WEEKDAYS.items()]
        super().__init__(choices=choices, coerce=int, empty_value=[], required=False, **options)

    def to_python(self, value: Any) -> list[str]:
        return [number for text in super().to_python(value) for number in text.split(",") if number]


class Clock(forms.TimeField):
    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **options)


class ScheduleForm(RecordForm):
    start = Clock(label=_("Начало дня"))
    end = Clock(label=_("Конец дня"))
    lunch_start = Clock(label=_("Обед с"), required=False)
    lunch_end = Clock(label=_("Обед до"), required=False)
    weekdays = Weekdays(label=_("Рабочие дни"))
    layout = (("start", "end"), ("lunch_start", "lunch_end"))

    class Meta:
        model = WorkSchedule
        fields: ClassVar = ["start", "end", "lunch_start", "lunch_end", "weekdays", "region"]
        labels: ClassVar = {"region": _("Праздники по календарю")}
        help_texts: ClassVar = {"region": _("Праздничные и перенесённые дни страны ведёт администратор.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.fields["version"].initial = 0


class DayOffForm(PageForm):
    starts_on = Day(label=_("Первый день"))
    ends_on = Day(label=_("Последний день"), required=False, help_text=_("Пусто — один день."))
    note = forms.CharField(label=_("Пояснение"), required=False, help_text=_("Например: отпуск, обучение."))
    layout = (("starts_on", "ends_on"),)

    def clean_ends_on(self) -> date | None:
        """One day when only the first is given."""
        ends_on: date | None = self.cleaned_data["ends_on"] or self.cleaned_data.get("starts_on")
        return ends_on
