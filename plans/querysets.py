"""Chainable filters over this room's tables; each starts from the one rule of visibility."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from accounts.scope import ScopedQuerySet


class LeadPlanQuerySet(ScopedQuerySet[Any]):
    """Scope: own plans, and those of the teams one sees, as the team stood when the plan was made."""

    def for_list(self) -> "LeadPlanQuerySet":
        return self.select_related("segment", "owner", "team")

    def of_weeks(self, mondays: Iterable[date]) -> "LeadPlanQuerySet":
        return self.filter(week__in=list(mondays))
