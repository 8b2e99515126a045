"""The one set of filters over deliveries: the page's log and the API read the same query string."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from webhooks.catalogue import TYPES
from webhooks.choices import DeliveryState
from webhooks.models import Delivery


class DeliveryFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=DeliveryState.choices, label=_("Состояние"))
    type = filters.ChoiceFilter(
        field_name="event__type", choices=[(name, name) for name in TYPES], label=_("Событие")
    )  # fmt: skip

    class Meta:
        model = Delivery
        fields: list[str] = []
