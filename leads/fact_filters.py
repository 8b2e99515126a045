"""The sets of filters over the facts behind the gates; promises of value have theirs in ``leads.promises``."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from accounts.scope import people
from agents.models import Party, Product
from common.outside_filters import OutsideFilter
from leads.choices import Answer, BlockerCategory, BlockerStatus, MeetingKind, MeetingStatus
from leads.filters import Period
from leads.models import Agreement, Blocker, Contract, Interview, Meeting, ValueMeasurement, ValuePromise
from leads.promises import PromiseFilter


def owner(field_name: str) -> filters.ModelMultipleChoiceFilter:
    return filters.ModelMultipleChoiceFilter(
        field_name=field_name, queryset=lambda request: people(request.user), label=_("Владелец лида"), distinct=False
    )


class FactFilter(OutsideFilter):
    lead = filters.UUIDFilter(field_name="lead_id", label=_("Лид"))
    owner = owner("lead__owner")
    created_at = Period(label=_("Записано"))
    updated_at = Period(label=_("Изменено"))


class MeetingFilter(FactFilter):
    status = filters.MultipleChoiceFilter(choices=MeetingStatus.choices, label=_("Состояние"))
    kind = filters.ChoiceFilter(choices=MeetingKind.choices, label=_("Вид"))
    planned_at = Period(label=_("Назначена на"))
    held_at = Period(label=_("Состоялась"))

    class Meta:
        model = Meeting
        fields: list[str] = []


class InterviewFilter(FactFilter):
    held_at = Period(field_name="at", label=_("Когда"))
    problem_validated = filters.ChoiceFilter(choices=Answer.choices, label=_("Проблема есть"))
    value_validated = filters.ChoiceFilter(choices=Answer.choices, label=_("Ценность есть"))
    utp_validated = filters.ChoiceFilter(choices=Answer.choices, label=_("УТП сработало"))

    class Meta:
        model = Interview
        fields: list[str] = []


class AgreementFilter(FactFilter):
    at = Period(label=_("Когда"))

    class Meta:
        model = Agreement
        fields: list[str] = []


class ContractFilter(FactFilter):
    number = filters.CharFilter(max_length=60, label=_("Номер"))
    signed_on = filters.DateFromToRangeFilter(label=_("Дата"))
    has_file = filters.BooleanFilter(method="with_file", label=_("Файл приложен"))

    class Meta:
        model = Contract
        fields: list[str] = []

    def with_file(self, rows: Any, _name: str, wanted: bool) -> Any:
        return rows.exclude(file="") if wanted else rows.filter(file="")


class ValuePromiseFilter(PromiseFilter, OutsideFilter):
    """The page's own, and what another system asks by. Rows carry ``state``."""

    lead = filters.UUIDFilter(field_name="lead_id", label=_("Лид"))
    due_on = filters.DateFromToRangeFilter(label=_("Срок"))
    updated_at = Period(label=_("Изменено"))

    class Meta:
        model = ValuePromise
        fields: list[str] = []


class MeasurementFilter(OutsideFilter):
    promise = filters.UUIDFilter(field_name="promise_id", label=_("Обещание"))
    lead = filters.UUIDFilter(field_name="promise__lead_id", label=_("Лид"))
    owner = owner("promise__lead__owner")
    measured_at = Period(field_name="at", label=_("Когда измерено"))
    created_at = Period(label=_("Записано"))

    class Meta:
        model = ValueMeasurement
        fields: list[str] = []


class BlockerFilter(OutsideFilter):
    status = filters.ChoiceFilter(choices=BlockerStatus.choices, label=_("Состояние"))
    category = filters.MultipleChoiceFilter(choices=BlockerCategory.choices, label=_("Категория"))
    product = filters.ModelMultipleChoiceFilter(queryset=Product.objects.all(), label=_("Продукт"), distinct=False)
    party = filters.ModelChoiceFilter(
        field_name="holds__party", queryset=lambda request: Party.objects.visible_to(request.user),
        label=_("Агент или клиент"),
    )  # fmt: skip

    class Meta:
        model = Blocker
        fields: list[str] = []
