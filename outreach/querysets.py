"""Chainable filters over this room's tables; each starts from the one rule of visibility."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.scope import ScopedQuerySet, scope_of
from agents.models import Party


class TemplateQuerySet(ScopedQuerySet[Any]):
    def for_list(self) -> "TemplateQuerySet":
        return self.select_related("owner", "team")


class CampaignQuerySet(ScopedQuerySet[Any]):
    def for_list(self) -> "CampaignQuerySet":
        return self.select_related("template", "owner", "team")


class MessageQuerySet(QuerySet[Any]):
    """A message is seen by whoever sees its campaign or its party: the log, and the card of the written-to."""

    def visible_to(self, user: User | AnonymousUser) -> "MessageQuerySet":
        parties = Party.objects.visible_to(user).filter(pk=OuterRef("party_id"))
        campaigns = self.model._meta.get_field("campaign").related_model.objects.visible_to(user)
        return self.filter(Exists(parties) | Exists(campaigns.filter(pk=OuterRef("campaign_id"))))

    def for_log(self) -> "MessageQuerySet":
        return self.select_related("party")

    def waiting(self) -> "MessageQuerySet":
        return self.filter(state="planned")


class ReplyQuerySet(QuerySet[Any]):
    """A reply is seen along with the party that wrote it, or with the message that it answers."""

    def visible_to(self, user: User | AnonymousUser) -> "ReplyQuerySet":
        parties = Party.objects.visible_to(user).filter(pk=OuterRef("party_id"))
        messages = self.model._meta.get_field("message").related_model.objects.visible_to(user)
        return self.filter(Exists(parties) | Exists(messages.filter(pk=OuterRef("message_id"))))

    def for_log(self) -> "ReplyQuerySet":
        return self.select_related("party", "message")


class OptOutQuerySet(QuerySet[Any]):
    """A refusal is seen by whoever sees the party, or the message that was refused; an address of nobody by those who
    see everything."""

    def visible_to(self, user: User | AnonymousUser) -> "OptOutQuerySet":
        if scope_of(user).everything:
            return self
        parties = Party.objects.visible_to(user).filter(pk=OuterRef("party_id"))
        messages = self.model._meta.get_field("message").related_model.objects.visible_to(user)
        return self.filter(Exists(parties) | Exists(messages.filter(pk=OuterRef("message_id"))))

    def for_list(self) -> "OptOutQuerySet":
        return self.select_related("party", "message__party", "message__campaign", "lifted_by", "consent")

    def standing(self) -> "OptOutQuerySet":
        """Without those that were lifted."""
        return self.filter(lifted_at__isnull=True)

    def matching(self, text: str) -> "OptOutQuerySet":
        """By a part of the name or the address."""
        named = Q(party__name__icontains=text) | Q(message__party__name__icontains=text)
        return self.filter(named | Q(address__icontains=text))

    def of_party(self, ref: str = "pk") -> "OptOutQuerySet":
        return self.standing().filter(party_id=OuterRef(ref))

    def covering(self, *, party_id: Any, channel: str, address: str) -> "OptOutQuerySet":
        """Refusals that stand against writing to this party at this address."""
        return self.standing().filter(Q(party_id=party_id) | Q(party__isnull=True, channel=channel, address=address))
