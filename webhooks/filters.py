"""The one set of filters over deliveries: the page's log and the API read the same query string."""

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from webhooks.catalogue import TYPES
from webhooks.choices import DeliveryState
from webhooks.models import Delivery


class DeliveryFilter(filters.FilterSet):
    q = filters.CharFilter(method="by_id", label=_("webhook-id или id объекта"), max_length=60)
    state = filters.ChoiceFilter(choices=DeliveryState.choices, label=_("Состояние"))
    type = filters.ChoiceFilter(
        field_name="event__type", choices=[(name, name) for name in TYPES], label=_("Событие")
    )  # fmt: skip

    class Meta:
        model = Delivery
        fields: list[str] = []

    def by_id(self, rows: Any, _name: str, text: str) -> Any:
        try:
            number = UUID(text.strip())
        except ValueError:
            return rows.none()
        return rows.filter(Q(event__uid=number) | Q(event__object_id=number))
