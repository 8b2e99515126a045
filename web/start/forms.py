"""Forms of the first steps: few fields, each filled in with what is likely."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Language, User
from agents.choices import Kind
from agents.models import Segment
from backlog.choices import Priority
from backlog.metrics import METRICS, OWN
from backlog.starters import Draft
from web.account.forms import ZONES, zone_label
from web.account.hours_forms import Clock
from web.leads.forms_base import Figure, Moment, PageForm
from worktime.models import WorkSchedule

METRIC, TARGET = "meeting", 8
CLOCKS = ("start", "end", "lunch_start", "lunch_end")


class HoursForm(PageForm):
    language = forms.ChoiceField(label=gettext_lazy("Язык"), choices=Language.choices)
    timezone = forms.ChoiceField(label=gettext_lazy("Часовой пояс"))
    start = Clock(label=gettext_lazy("Начало дня"))
    end = Clock(label=gettext_lazy("Конец дня"))
    lunch_start = Clock(label=gettext_lazy("Обед с"), required=False)
    lunch_end = Clock(label=gettext_lazy("Обед до"), required=False)
    layout = (("language", "timezone"), ("start", "end"), ("lunch_start", "lunch_end"))

    def __init__(self, data: Any, *, user: User, kept: WorkSchedule) -> None:
        initial = {name: getattr(kept, name) for name in CLOCKS}
        super().__init__(data, initial=initial | {"language": user.language, "timezone": user.timezone})
        codes = dict.fromkeys([*dict(ZONES), user.timezone])
        self.fields["timezone"].choices = [(code, zone_label(code)) for code in codes]  # type: ignore[attr-defined]

    @property
    def preferences(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("language", "timezone")}

    @property
    def hours(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CLOCKS}


class SegmentForm(PageForm):
    name = forms.CharField(
        label=gettext_lazy("Название"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Например: оценщики Ташкента"),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("Кто это"), choices=Kind.choices, initial=Kind.AGENT, widget=forms.RadioSelect
    )
    reach = forms.IntegerField(
        label=gettext_lazy("Сколько их всего"), min_value=0, max_value=100_000_000, required=False,
        help_text=gettext_lazy("Примерно; можно уточнить позже."),
    )  # fmt: skip


class GoalForm(PageForm):
    metric = forms.ChoiceField(label=gettext_lazy("Что считаем"), initial=METRIC)
    target = Figure(label=gettext_lazy("Сколько за неделю"), initial=TARGET, min_value=1, max_digits=12)
    segment = forms.ModelChoiceField(
        Segment.objects.none(), label=gettext_lazy("Сегмент"), required=False,
        empty_label=gettext_lazy("не указано"),
    )  # fmt: skip
    layout = (("metric", "target"), ("segment",))

    def __init__(self, data: Any, *, user: User, segment: Segment | None) -> None:
        super().__init__(data, initial={"segment": segment})
        self.fields["metric"].choices = [(m.code, m.name) for m in METRICS.values() if m.code != OWN]  # type: ignore[attr-defined]
        self.fields["segment"].queryset = Segment.objects.visible_to(user).order_by("name")  # type: ignore[attr-defined]


class ActionLine(PageForm):
    """One proposed action; an empty title leaves it out."""

    aliases = {"slot_at": "slot"}
    title = forms.CharField(label=gettext_lazy("Что сделать"), max_length=200, required=False)
    priority = forms.TypedChoiceField(label=gettext_lazy("Приоритет"), choices=Priority.choices, coerce=int)
    slot = Moment(label=gettext_lazy("Когда"), required=False)

    def __init__(self, data: Any, *, draft: Draft, number: int) -> None:
        slot = timezone.localtime(draft.slot_at) if draft.slot_at else None
        initial = {"title": draft.title, "priority": draft.priority, "slot": slot}
        super().__init__(data, prefix=f"a{number}", initial=initial)
        self.draft = draft

    def said(self) -> Draft | None:
        typed = self.cleaned_data
        if not typed["title"].strip():
            return None
        slot: datetime | None = typed["slot"]
        return Draft(typed["title"], self.draft.kind, self.draft.minutes, typed["priority"], slot)


class ActionsForm:
    """The lines together, as the page and the summary of errors take them."""

    def __init__(self, data: Any, *, drafts: list[Draft]) -> None:
        self.lines = [ActionLine(data, draft=draft, number=number) for number, draft in enumerate(drafts, 1)]
        self.is_bound = data is not None
        self.common: list[str] = []

    def __iter__(self) -> Iterator[forms.BoundField]:
        for line in self.lines:
            yield from line

    @property
    def errors(self) -> list[Any]:
        return [line.errors for line in self.lines if line.errors] + self.common

    def non_field_errors(self) -> list[str]:
        return [str(text) for line in self.lines for text in line.non_field_errors()] + self.common

    def drafts(self) -> list[Draft] | None:
        """What is to be planned; None where something is wrong, which then stands beside the fields."""
        judged = [line.is_valid() for line in self.lines]  # every line tells what is wrong with it
        if not all(judged):
            return None
        said = [draft for line in self.lines if (draft := line.said()) is not None]
        if not said:
            self.common.append(_("Напишите хотя бы одно действие."))
        return said or None

    def refuse(self, message: str) -> None:
        self.common.append(message)
