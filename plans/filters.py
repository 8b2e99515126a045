"""Filters of weekly plans of leads."""

from datetime import date

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from accounts.scope import people
from agents.models import Segment
from plans.models import LeadPlan
from plans.querysets import LeadPlanQuerySet
from plans.services import monday_of


class LeadPlanFilter(filters.FilterSet):
    """``day`` is any day of the week that is meant."""

    day = filters.DateFilter(method="by_day", label=_("День недели, которую ищут"))
    owner = filters.ModelMultipleChoiceFilter(
        queryset=lambda request: people(request.user), label=_("Владелец"), distinct=False
    )
    segment = filters.ModelMultipleChoiceFilter(
        queryset=lambda request: Segment.objects.visible_to(request.user), label=_("Сегмент"), distinct=False
    )

    class Meta:
        model = LeadPlan
        fields: list[str] = []

    def by_day(self, rows: LeadPlanQuerySet, _name: str, day: date) -> LeadPlanQuerySet:
        return rows.of_weeks([monday_of(day)])
