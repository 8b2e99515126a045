"""Filters of contracts in preparation and of requests to the lawyers, shared by pages and API."""

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import people
from agents.querysets import party_match
from common import clock
from documents.choices import DocumentKind, DocumentStatus, RequestStatus
from documents.models import Document, LegalRequest
from leads.value import bank_day


class PaperFilter(filters.FilterSet):
    q = filters.CharFilter(method="by_text", label=_("Номер, имя, телефон"), max_length=200)
    owner = filters.ModelMultipleChoiceFilter(
        field_name="lead__owner", queryset=lambda request: people(request.user), label=_("Владелец")
    )
    lead = filters.UUIDFilter(field_name="lead_id", label=_("Лид"))


class DocumentFilter(PaperFilter):
    status = filters.MultipleChoiceFilter(choices=DocumentStatus.choices, label=_("Состояние"))
    kind = filters.MultipleChoiceFilter(choices=DocumentKind.choices, label=_("Вид"))

    class Meta:
        model = Document
        fields: list[str] = []

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        return rows.filter(Q(number__icontains=text) | party_match(text, "lead__party__"))


class RequestFilter(PaperFilter):
    status = filters.MultipleChoiceFilter(choices=RequestStatus.choices, label=_("Состояние"))
    overdue = filters.ChoiceFilter(choices=[("1", _("просрочен"))], method="by_overdue", label=_("Срок"))

    class Meta:
        model = LegalRequest
        fields: list[str] = []

    def by_text(self, rows: Any, _name: str, text: str) -> Any:
        return rows.filter(Q(question__icontains=text) | Q(lawyer__icontains=text) | party_match(text, "lead__party__"))

    def by_overdue(self, rows: Any, _name: str, _value: str) -> Any:
        return rows.overdue(bank_day(clock.now()))
