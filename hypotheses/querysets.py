"""Chainable filters over hypotheses; each starts from the one rule of visibility."""

from typing import Any

from django.db.models import Prefetch, Q

from accounts.scope import ScopedQuerySet
from hypotheses.choices import Status

_DIGITS = 9


class HypothesisQuerySet(ScopedQuerySet[Any]):
    """Scope: own and the team's."""

    def for_list(self) -> "HypothesisQuerySet":
        arms = self.model._meta.get_field("arms").related_model.objects.select_related("utp")
        rows: HypothesisQuerySet = self.select_related(
            "initiative", "segment", "product", "success_stage", "owner", "team", "winner__utp"
        ).prefetch_related(Prefetch("arms", arms))
        return rows

    def matching(self, text: str) -> "HypothesisQuerySet":
        """By number («12», «H-12»), or by words of the problem, the segment or a promise."""
        number = text.strip().upper().removeprefix("H-").partition(".")[0]
        if number.isascii() and number.isdigit() and len(number) <= _DIGITS:
            return self.filter(number=int(number))
        own = Q(problem__icontains=text) | Q(segment__name__icontains=text)
        arms = self.model._meta.get_field("arms").related_model.objects.filter(utp__statement__icontains=text)
        return self.filter(own | Q(pk__in=arms.values("hypothesis")))

    def running(self) -> "HypothesisQuerySet":
        return self.filter(status=Status.RUNNING)
