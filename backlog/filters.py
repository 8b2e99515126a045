"""Filters of weeks, goals, actions and findings, shared by pages and API."""

from typing import Any

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import people
from agents.models import Agent, Client, Initiative, Segment
from backlog.choices import ActionKind, ActionStatus, GoalStatus, Priority, SprintStatus
from backlog.community import matching, of_my_segments
from backlog.metrics import METRICS
from backlog.models import Action, Finding, Goal, Sprint
from backlog.weeks import monday_of_code
from common import clock
from common.outside_filters import OutsideFilter
from leads.filters import BranchChoice, Period, VisibleChoice
from leads.models import Lead

VIEWS = (("mine", _("Мои сегменты")), ("all", _("Все")), ("own", _("Мои находки")))
YES_NO = (("true", _("да")), ("false", _("нет")))


class WeekField(forms.CharField):
    """2026-W48 as its Monday."""

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        monday = monday_of_code(code) if code else None
        if code and monday is None:
            raise forms.ValidationError(_("Нужна неделя, например 2026-W48."), code="invalid")
        return monday


class WeekFilter(filters.CharFilter):
    field_class = WeekField


class SprintFilter(filters.FilterSet):
    owner = VisibleChoice(rows=people, label=_("Владелец"), null_label=None)
    iso_week = WeekFilter(field_name="starts_on", label=_("Неделя"), max_length=8)
    status = filters.MultipleChoiceFilter(choices=SprintStatus.choices, label=_("Состояние"))

    class Meta:
        model = Sprint
        fields: list[str] = []


class GoalFilter(OutsideFilter):
    q = filters.CharFilter(field_name="statement", lookup_expr="icontains", label=_("Слова цели"), max_length=200)
    owner = VisibleChoice(rows=people, label=_("Владелец"), null_label=None)
    sprint = VisibleChoice(rows=Sprint.objects.visible_to, label=_("Неделя"), null_label=None)
    iso_week = WeekFilter(field_name="sprint__starts_on", label=_("Неделя"), max_length=8)
    segment = BranchChoice(rows=Segment.objects.visible_to, label=_("Сегмент"))
    initiative = VisibleChoice(rows=Initiative.objects.visible_to, label=_("Инициатива"))
    metric = filters.MultipleChoiceFilter(choices=[(m.code, m.name) for m in METRICS.values()], label=_("Метрика"))
    status = filters.MultipleChoiceFilter(choices=GoalStatus.choices, label=_("Состояние"))

    class Meta:
        model = Goal
        fields: list[str] = []


class ActionFilter(OutsideFilter):
    """``sprint=none`` are the ideas, ``goal=none`` what serves no goal."""

    q = filters.CharFilter(field_name="title", lookup_expr="icontains", label=_("Слова действия"), max_length=200)
    owner = VisibleChoice(rows=people, label=_("Владелец"), null_label=None)
    sprint = VisibleChoice(rows=Sprint.objects.visible_to, label=_("Неделя"))
    iso_week = WeekFilter(field_name="sprint__starts_on", label=_("Неделя"), max_length=8)
    goal = VisibleChoice(rows=Goal.objects.visible_to, label=_("Цель"))
    segment = BranchChoice(rows=Segment.objects.visible_to, label=_("Сегмент"))
    lead = VisibleChoice(rows=Lead.objects.visible_to, label=_("Лид"))
    agent = VisibleChoice(field_name="party", rows=Agent.objects.visible_to, label=_("Агент"), null_label=None)
    client = VisibleChoice(field_name="party", rows=Client.objects.visible_to, label=_("Клиент"), null_label=None)
    status = filters.MultipleChoiceFilter(choices=ActionStatus.choices, label=_("Состояние"))
    kind = filters.MultipleChoiceFilter(choices=ActionKind.choices, label=_("Вид"))
    priority = filters.MultipleChoiceFilter(choices=Priority.choices, label=_("Приоритет"))
    due_at = Period(label=_("Срок"))
    slot_start = Period(field_name="slot_at", label=_("Слот времени"))
    overdue = filters.ChoiceFilter(choices=YES_NO, method="by_overdue", label=_("Просрочено"))

    class Meta:
        model = Action
        fields: list[str] = []

    def by_overdue(self, rows: Any, _name: str, wanted: str) -> Any:
        late = Action.objects.overdue(clock.now()).values("pk")
        return rows.filter(pk__in=late) if wanted == "true" else rows.exclude(pk__in=late)


class FindingFilter(OutsideFilter):
    q = filters.CharFilter(method="by_text", label=_("Слова находки"), max_length=200)
    view = filters.ChoiceFilter(choices=VIEWS, method="by_view", label=_("Чьи"), empty_label=None)
    metric = filters.MultipleChoiceFilter(choices=[(m.code, m.name) for m in METRICS.values()], label=_("Метрика"))
    segment = filters.ModelMultipleChoiceFilter(
        queryset=lambda request: Segment.objects.visible_to(request.user), label=_("Сегмент")
    )
    owner = filters.ModelMultipleChoiceFilter(queryset=lambda request: _authors(request.user), label=_("Автор"))

    class Meta:
        model = Finding
        fields: list[str] = []

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        return matching(rows, text)

    def by_view(self, rows: Any, _name: str, view: str) -> Any:
        user = self.request.user
        if view == "own":
            return rows.filter(owner=user)
        rows = rows.filter(retired=False)
        return of_my_segments(rows, user) if view == "mine" else rows


def _authors(user: User) -> Any:
    return User.objects.filter(pk__in=Finding.objects.visible_to(user).order_by().values("owner")).order_by("name")
