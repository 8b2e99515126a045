"""Chainable filters: papers and requests to the lawyers are seen with their leads."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.scope import Scope, ScopedQuerySet
from documents.choices import OPEN_REQUESTS


def of_lead(scope: Scope) -> Q:
    mine = scope.q(owner="lead__owner", team="lead__team")
    if scope.everything or scope.user_id is None:
        return mine
    return mine | Q(lead__lead_generator_id=scope.user_id) | scope.lent("lead")


class DocumentQuerySet(ScopedQuerySet[Any]):
    def scope_q(self, scope: Scope) -> Q:
        return of_lead(scope)

    def for_list(self) -> "DocumentQuerySet":
        return self.select_related("lead__party", "lead__owner", "by")


class RequestQuerySet(ScopedQuerySet[Any]):
    def scope_q(self, scope: Scope) -> Q:
        return of_lead(scope)

    def for_list(self) -> "RequestQuerySet":
        return self.select_related("lead__party", "lead__owner", "document", "by")

    def open(self) -> "RequestQuerySet":
        return self.filter(status__in=OPEN_REQUESTS)

    def overdue(self, today: date) -> "RequestQuerySet":
        """Without an answer although its day has passed."""
        return self.open().filter(due_on__lt=today)


class PaperTemplateQuerySet(models.QuerySet[Any]):
    """Templates are the bank's own: whoever works here may use them."""

    def active(self) -> "PaperTemplateQuerySet":
        return self.filter(active=True)
