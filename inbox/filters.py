"""The filters of the journal of incoming messages."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from inbox.choices import State
from inbox.models import Arrival, InboundSource


class ArrivalFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="object", lookup_expr="startswith", label=_("Номер объекта"), max_length=200)
    source = filters.ModelChoiceFilter(queryset=InboundSource.objects.all(), label=_("Источник"))
    state = filters.MultipleChoiceFilter(choices=State.choices, label=_("Состояние"))
    type = filters.CharFilter(label=_("Тип"), max_length=60)

    class Meta:
        model = Arrival
        fields: list[str] = []
