"""Chainable filters over calls."""

from typing import Any

from django.db.models import Q

from accounts.scope import Scope, ScopedQuerySet
from agents.querysets import party_match
from calls.choices import LIKELY_EMPTY_SECONDS, CallResult

TALK = Q(result=CallResult.TALKED)
LIKELY_EMPTY = TALK & Q(duration_seconds__lt=LIKELY_EMPTY_SECONDS)


class CallQuerySet(ScopedQuerySet[Any]):
    """Scope: own calls and the team's, and those about a lead that one sees: its history goes along with it."""

    def scope_q(self, scope: Scope) -> Q:
        mine = scope.q()
        if scope.everything or scope.user_id is None:
            return mine
        of_lead = scope.q(owner="lead__owner", team="lead__team")
        return mine | of_lead | Q(lead__lead_generator_id=scope.user_id) | scope.lent("lead")

    def for_list(self) -> "CallQuerySet":
        return self.select_related("owner", "team", "party", "lead__party")

    def talks(self) -> "CallQuerySet":
        return self.filter(TALK)

    def likely_empty(self) -> "CallQuerySet":
        return self.filter(LIKELY_EMPTY)

    def matching(self, text: str) -> "CallQuerySet":
        """By the party as everywhere, or by digits of the number that called."""
        digits = "".join(sign for sign in text if sign.isdigit())
        by_number = Q(phone__contains=digits) if len(digits) >= 4 else Q()
        return self.filter(party_match(text, "party__") | by_number)
