"""Chainable filters over this room's tables; each starts from the one rule of visibility."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.scope import Scope, ScopedQuerySet
from backlog.choices import ActionStatus

OPEN = Q(status=ActionStatus.PLANNED)


class SprintQuerySet(ScopedQuerySet[Any]):
    def for_list(self) -> "SprintQuerySet":
        return self.select_related("owner", "team")


class GoalQuerySet(ScopedQuerySet[Any]):
    def for_list(self) -> "GoalQuerySet":
        return self.select_related("segment", "initiative__product", "sprint", "owner")


class ActionQuerySet(ScopedQuerySet[Any]):
    def for_list(self) -> "ActionQuerySet":
        return self.select_related("goal", "segment", "lead__party", "lead__stage", "party", "owner", "sprint")

    def with_scores(self) -> "ActionQuerySet":
        """Joins what the engine says of the action or of its lead (``backlog.explain.stored_reasons``)."""
        return self.for_list().select_related("team", "lead__utp", "lead__score", "score")

    def open(self) -> "ActionQuerySet":
        return self.filter(OPEN)

    def ideas(self) -> "ActionQuerySet":
        return self.filter(OPEN, sprint__isnull=True)

    def overdue(self, at: datetime) -> "ActionQuerySet":
        """Open ones of a sprint whose due moment has passed; an idea is never overdue."""
        return self.filter(OPEN, sprint__isnull=False, due_at__lt=at)


class ResultQuerySet(models.QuerySet[Any]):
    def standing(self) -> "ResultQuerySet":
        """Without those that were undone."""
        return self.filter(undone_at__isnull=True)


class FindingQuerySet(ScopedQuerySet[Any]):
    """A finding is read by the whole bank unless its author keeps it to his team."""

    def scope_q(self, scope: Scope) -> Q:
        if scope.user_id is None:
            return Q(pk__in=[])
        mine = scope.q()
        return mine | Q(bank_wide=True) if mine else mine

    def for_list(self) -> "FindingQuerySet":
        return self.select_related("owner", "team", "segment")
