"""Chainable filters over leads and blockers."""

from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Sum, Value, When

from accounts.scope import Scope, ScopedQuerySet
from agents.querysets import party_match
from hypotheses.models import Membership
from leads.choices import BlockerStatus, Outcome

OPEN = Q(outcome=Outcome.OPEN)
NO_STEP = OPEN & Q(next_action_at__isnull=True)


def overdue_q(at: datetime) -> Q:
    """Open leads whose next step should have been done by now."""
    return OPEN & Q(next_action_at__lt=at)


class LeadQuerySet(ScopedQuerySet[Any]):
    """Scope: own leads, the team's, those that one generated and handed over, and those that were lent to one."""

    def scope_q(self, scope: Scope) -> Q:
        mine = scope.q()
        if scope.everything or scope.user_id is None:
            return mine
        return mine | Q(lead_generator_id=scope.user_id) | scope.lent()

    def for_list(self) -> "LeadQuerySet":
        return self.select_related("party", "stage", "owner", "segment", "agent", "initiative")

    def for_card(self) -> "LeadQuerySet":
        """With ``hypothesis_id``: of the test that gave the lead its promise by lot."""
        member = Membership.objects.filter(lead_id=OuterRef("pk")).values("hypothesis_id")
        rows = self.for_list().select_related("utp", "product", "team", "lead_generator", "loss_reason")
        return rows.annotate(hypothesis_id=Subquery(member))

    def open(self) -> "LeadQuerySet":
        return self.filter(OPEN)

    def on_board(self) -> "LeadQuerySet":
        """What the board shows: work in hand, and what got to the end of the funnel."""
        return self.filter(outcome__in=[Outcome.OPEN, Outcome.WON])

    def overdue(self, at: datetime) -> "LeadQuerySet":
        return self.filter(overdue_q(at))

    def matching(self, text: str) -> "LeadQuerySet":
        return self.filter(party_match(text, "party__"))


class FactQuerySet(ScopedQuerySet[Any]):
    """Facts behind the gates are seen with their leads; ``lead`` is the way to the lead's columns."""

    lead = "lead"

    def scope_q(self, scope: Scope) -> Q:
        mine = scope.q(owner=f"{self.lead}__owner", team=f"{self.lead}__team")
        if scope.everything or scope.user_id is None:
            return mine
        return mine | Q(**{f"{self.lead}__lead_generator_id": scope.user_id}) | scope.lent(self.lead)

    def for_list(self) -> "FactQuerySet":
        return self.select_related("lead", "by")


class MeasurementQuerySet(FactQuerySet):
    lead = "promise__lead"

    def for_list(self) -> "MeasurementQuerySet":
        return self.select_related("promise__lead", "by")


class PromiseQuerySet(FactQuerySet):
    """Promises of value are seen with their leads."""

    def for_list(self) -> "PromiseQuerySet":
        return self.select_related("lead__party", "lead__owner", "lead__stage", "lead__segment")


class BlockerQuerySet(ScopedQuerySet[Any]):
    """Blockers belong to the whole bank; what they hold back is counted over the leads one may see."""

    def scope_q(self, scope: Scope) -> Q:
        return Q(pk__in=[]) if scope.user_id is None else Q()

    def open(self) -> "BlockerQuerySet":
        return self.filter(status=BlockerStatus.OPEN)

    def with_margin_held(self, leads: LeadQuerySet) -> "BlockerQuerySet":
        """Adds ``leads_held`` and ``margin_held`` (the leads' amounts, in soums only), dearest first."""
        held = leads.open().filter(party__holds__blocker=OuterRef("pk")).order_by().values("party__holds__blocker")
        amount = Case(When(currency="UZS", then=F("amount")), default=Value(None))
        return self.annotate(
            leads_held=Subquery(held.annotate(n=Count("pk", distinct=True)).values("n")),
            margin_held=Subquery(held.annotate(total=Sum(amount)).values("total")),
        ).order_by(F("margin_held").desc(nulls_last=True), "-opened_at")
