"""Filters of findings, shared by pages and API."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agents.models import Segment
from backlog.community import matching, of_my_segments
from backlog.metrics import METRICS
from backlog.models import Finding

VIEWS = (("mine", _("Мои сегменты")), ("all", _("Все")), ("own", _("Мои находки")))


class FindingFilter(filters.FilterSet):
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
