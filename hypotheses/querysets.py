"""Chainable filters over hypotheses; each starts from the one rule of visibility."""

from typing import Any

from django.db.models import Prefetch

from accounts.scope import ScopedQuerySet
from hypotheses.choices import Status


class HypothesisQuerySet(ScopedQuerySet[Any]):
    """Scope: own and the team's."""

    def for_list(self) -> "HypothesisQuerySet":
        arms = self.model._meta.get_field("arms").related_model.objects.select_related("utp")
        rows: HypothesisQuerySet = self.select_related(
            "initiative", "segment", "product", "success_stage", "owner", "team", "winner__utp"
        ).prefetch_related(Prefetch("arms", arms))
        return rows

    def running(self) -> "HypothesisQuerySet":
        return self.filter(status=Status.RUNNING)
