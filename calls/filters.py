"""The one set of call filters: journal, file and API read the same query string."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.scope import people
from agents.models import Agent, Client
from calls.choices import CallResult, Direction
from calls.models import Call
from calls.querysets import LIKELY_EMPTY
from common.outside_filters import OutsideFilter
from leads.filters import Period, VisibleChoice
from leads.models import Lead


class CallFilter(OutsideFilter):
    q = filters.CharFilter(method="by_text", label=_("Имя, телефон"), max_length=200)
    at = Period(label=_("Начало"))
    direction = filters.MultipleChoiceFilter(choices=Direction.choices, label=_("Направление"))
    result = filters.MultipleChoiceFilter(choices=CallResult.choices, label=_("Результат"))
    likely_empty = filters.ChoiceFilter(
        choices=[("true", _("короче 7 минут")), ("false", _("остальные"))], method="by_length",
        label=_("Вероятно, пустой"),
    )  # fmt: skip
    owner = VisibleChoice(rows=people, label=_("Сотрудник"))
    team = VisibleChoice(rows=lambda user: Team.objects.all(), label=_("Команда"))
    lead = VisibleChoice(rows=Lead.objects.visible_to, label=_("Лид"))
    agent = VisibleChoice(field_name="party", rows=Agent.objects.visible_to, label=_("Агент"))
    client = VisibleChoice(field_name="party", rows=Client.objects.visible_to, label=_("Клиент"))

    class Meta:
        model = Call
        fields: list[str] = []

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        return rows.matching(text)

    def by_length(self, rows: Any, _name: str, empty: str) -> Any:
        return rows.filter(LIKELY_EMPTY) if empty == "true" else rows.exclude(LIKELY_EMPTY)
