"""Chainable filters over this room's tables; each starts from the one rule of visibility."""

from datetime import date
from typing import Any

from django.db.models import Q

from accounts.scope import Scope, ScopedQuerySet


class CommitmentQuerySet(ScopedQuerySet[Any]):
    """Scope: one's own, those of one's team and of its people; a head's whole branch.

    The columns are ``user`` for the owner and ``team`` for the team, as everywhere.
    """

    def scope_q(self, scope: Scope) -> Q:
        return scope.q(owner="user")

    def of_period(self, period: str, starts_on: date) -> "CommitmentQuerySet":
        return self.filter(period=period, starts_on=starts_on)
