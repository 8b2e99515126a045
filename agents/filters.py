"""Filters of agents, clients, segments and initiatives, shared by pages and API."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.scope import people
from agents.choices import AbcClass, AgentStatus, InitiativeStatus, Kind, LegalForm, Partnership
from agents.models import Agent, Initiative, Party, Product, Segment
from agents.selectors import branch_ids
from common.outside_filters import OutsideFilter


class BranchFilter(filters.ModelMultipleChoiceFilter):
    """A segment means itself and all that narrow it."""

    def filter(self, qs: Any, value: Any) -> Any:
        return qs.filter(segment__in=branch_ids(row.pk for row in value)) if value else qs


class PartyFilter(OutsideFilter):
    q = filters.CharFilter(method="by_text", label=_("Имя, телефон, ИНН"), max_length=200)
    segment = BranchFilter(queryset=lambda request: Segment.objects.visible_to(request.user), label=_("Сегмент"))
    owner = filters.ModelMultipleChoiceFilter(queryset=lambda request: people(request.user), label=_("Закреплён за"))
    city = filters.CharFilter(lookup_expr="iexact", label=_("Город"), max_length=120)
    legal_form = filters.ChoiceFilter(choices=LegalForm.choices, label=_("Кто это"))
    tax_id = filters.CharFilter(label=_("ИНН / СТИР / ПИНФЛ"), max_length=14)
    created_at = filters.IsoDateTimeFromToRangeFilter(label=_("Создан"))

    class Meta:
        model = Party
        fields: list[str] = []

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        return rows.matching(text)


class AgentFilter(PartyFilter):
    status = filters.MultipleChoiceFilter(choices=AgentStatus.choices, label=_("Состояние"))
    partnership = filters.MultipleChoiceFilter(choices=Partnership.choices, label=_("Вид партнёрства"))


class ClientFilter(PartyFilter):
    agent = filters.ModelMultipleChoiceFilter(
        queryset=lambda request: Agent.objects.visible_to(request.user), label=_("Агент")
    )


class SegmentFilter(OutsideFilter):
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Название"), max_length=200)
    kind = filters.ChoiceFilter(choices=Kind.choices, label=_("Кого объединяет"))
    city = filters.CharFilter(lookup_expr="iexact", label=_("Город"), max_length=120)
    abc_class = filters.ChoiceFilter(choices=AbcClass.choices, label=_("Класс ABC"))
    parent = filters.ModelChoiceFilter(
        queryset=lambda request: Segment.objects.visible_to(request.user), label=_("Уточняет")
    )
    initiative = filters.ModelChoiceFilter(
        field_name="initiatives",
        queryset=lambda request: Initiative.objects.visible_to(request.user),
        label=_("Инициатива"),
    )

    class Meta:
        model = Segment
        fields: list[str] = []


class InitiativeFilter(OutsideFilter):
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Название"), max_length=200)
    status = filters.MultipleChoiceFilter(choices=InitiativeStatus.choices, label=_("Состояние"))
    owner = filters.ModelMultipleChoiceFilter(queryset=lambda request: people(request.user), label=_("Владелец"))
    product = filters.ModelMultipleChoiceFilter(queryset=Product.objects.all(), label=_("Продукт"))

    class Meta:
        model = Initiative
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Initiative]) -> QuerySet[Initiative]:
        return super().filter_queryset(queryset).distinct()
