"""Filters of hypotheses, shared by pages and API."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from accounts.scope import people
from agents.filters import BranchFilter
from agents.models import Initiative, Segment, Utp
from common.outside_filters import OutsideFilter
from hypotheses.choices import Decision, Status
from hypotheses.models import Hypothesis


class HypothesisFilter(OutsideFilter):
    q = filters.CharFilter(method="by_text", label=_("Номер, проблема, УТП"), max_length=200)
    status = filters.ChoiceFilter(choices=Status.choices, label=_("Состояние"))
    verdict = filters.MultipleChoiceFilter(choices=Decision.choices, label=_("Вердикт"))
    segment = BranchFilter(queryset=lambda request: Segment.objects.visible_to(request.user), label=_("Сегмент"))
    initiative = filters.ModelMultipleChoiceFilter(
        queryset=lambda request: Initiative.objects.visible_to(request.user), label=_("Инициатива")
    )
    owner = filters.ModelMultipleChoiceFilter(queryset=lambda request: people(request.user), label=_("Владелец"))
    utp = filters.ModelMultipleChoiceFilter(
        field_name="arms__utp",
        queryset=lambda request: Utp.objects.visible_to(request.user),
        label=_("УТП"),
        distinct=True,
    )

    class Meta:
        model = Hypothesis
        fields: list[str] = []

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        return rows.matching(text)
