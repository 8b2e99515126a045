"""The filters of the log of messages: what went out and what came back are asked in one way."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Client
from leads.filters import Period, VisibleChoice
from leads.models import Lead
from outreach.choices import Way
from outreach.models import Campaign, Message, Reply


class MessageFilter(filters.FilterSet):
    """Takes rows of either table: a reply is about the lead and the campaign of the message that it answers."""

    direction = filters.ChoiceFilter(choices=Way.choices, method="by_way", label=_("Направление"))
    at = Period(method="by_time", label=_("Когда"))
    channel = filters.CharFilter(label=_("Канал"), max_length=20)
    lead = VisibleChoice(rows=Lead.objects.visible_to, method="through_message", label=_("Лид"), null_label=None)
    campaign = VisibleChoice(
        rows=Campaign.objects.visible_to, method="through_message", label=_("Рассылка"), null_label=None
    )
    agent = VisibleChoice(field_name="party", rows=Agent.objects.visible_to, label=_("Агент"), null_label=None)
    client = VisibleChoice(field_name="party", rows=Client.objects.visible_to, label=_("Клиент"), null_label=None)

    class Meta:
        model = Message
        fields: list[str] = []

    def by_way(self, rows: "QuerySet[Any]", _name: str, way: str) -> "QuerySet[Any]":
        return rows if (way == Way.IN) == (rows.model is Reply) else rows.none()

    def by_time(self, rows: "QuerySet[Any]", _name: str, period: slice) -> "QuerySet[Any]":
        """A message that has not gone out yet counts when it was planned."""
        if rows.model is not Reply:
            rows = rows.annotate(moment=Coalesce("sent_at", "due_at", "created_at"))
        name = "at" if rows.model is Reply else "moment"
        within = Q(**{f"{name}__gte": period.start}) if period.start else Q()
        return rows.filter(within & (Q(**{f"{name}__lte": period.stop}) if period.stop else Q()))

    def through_message(self, rows: "QuerySet[Any]", name: str, chosen: Any) -> "QuerySet[Any]":
        if not chosen:
            return rows
        return rows.filter(**{f"message__{name}__in" if rows.model is Reply else f"{name}__in": chosen})
