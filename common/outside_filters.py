"""The filters by another system's name for a record, for every set of filters over what bears one."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _


class OutsideFilter(filters.FilterSet):  # type: ignore[misc]  # django_filters carries no types
    source = filters.CharFilter(label=_("Внешняя система"), max_length=60)
    external_id = filters.CharFilter(label=_("Внешний номер"), max_length=120)
