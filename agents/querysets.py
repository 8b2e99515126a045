"""Chainable filters over this room's tables; each starts from the one rule of visibility."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.scope import Scope, ScopedQuerySet, SharedQuerySet
from agents.choices import Kind
from common import phones, taxid
from common.text import fold


class SegmentQuerySet(SharedQuerySet[Any]):
    def of_kind(self, kind: str) -> "SegmentQuerySet":
        return self.filter(kind=kind)

    def for_list(self) -> "SegmentQuerySet":
        return self.select_related("parent", "team", "owner")


class ConsentQuerySet(models.QuerySet[Any]):
    """Seen with its party, through the party's own door."""

    def live(self, at: datetime) -> "ConsentQuerySet":
        """In force at a moment: neither withdrawn nor past its term."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at), withdrawn_at__isnull=True)


class UtpQuerySet(SharedQuerySet[Any]):
    def for_list(self) -> "UtpQuerySet":
        return self.select_related("segment", "product")


class InitiativeQuerySet(ScopedQuerySet[Any]):
    """Scope: own and the team's, and those one is a member of."""

    def scope_q(self, scope: Scope) -> Q:
        mine = scope.q()
        if scope.everything or scope.user_id is None:
            return mine
        member = self.model.members.through.objects.filter(initiative_id=OuterRef("pk"), user_id=scope.user_id)
        return mine | Q(Exists(member))

    def for_list(self) -> "InitiativeQuerySet":
        return self.select_related("product", "owner", "team")


class PartyQuerySet(ScopedQuerySet[Any]):
    def scope_q(self, scope: Scope) -> Q:
        mine = scope.q()
        return mine if scope.everything or scope.user_id is None else mine | scope.lent()

    def for_list(self) -> "PartyQuerySet":
        return self.select_related("segment", "owner", "team", "agent")

    def matching(self, text: str) -> "PartyQuerySet":
        """By part of the name, by phone digits in any form, by tax number, by e-mail."""
        return self.filter(party_match(text))


class AgentManager(models.Manager.from_queryset(PartyQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> PartyQuerySet:
        return super().get_queryset().filter(kind=Kind.AGENT)


class ClientManager(models.Manager.from_queryset(PartyQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> PartyQuerySet:
        return super().get_queryset().filter(kind=Kind.CLIENT)


def party_match(text: str, prefix: str = "") -> Q:
    """The condition of a text search on a party, for a queryset that reaches the party by ``prefix``.

    A number or an e-mail may be the party's own or a contact's: a union of ids, because a disjunction across two tables
    has no index to go by and reads them whole (4 s for a phone at a million leads, against 0.2 s).
    """
    words = fold(text).split()
    if not words:
        return Q()
    own = _named(words)
    digits, keys = taxid.normalise(text).lstrip("+"), set[str]()
    if digits.isdigit() and len(digits) >= 4:
        own |= Q(tax_id=digits)
        keys |= {digits, (phones.normalise(text) or digits).lstrip("+")}
    if "@" in text:
        keys.add(text.strip().casefold())
    if keys:
        return Q(**{f"{prefix}pk__in": _parties_with(own, keys)})
    return _named(words, prefix)


def _parties_with(own: Q, keys: set[str]) -> Any:
    """Ids of parties by their own columns, or by a part of a contact; the database drops those found twice."""
    from agents.models import Contact, Party

    by_contact = [Contact.objects.filter(key__contains=key).values("party_id") for key in sorted(keys)]
    return Party.objects.order_by().filter(own).values("pk").union(*(rows.order_by() for rows in by_contact))


def _named(words: Sequence[str], prefix: str = "") -> Q:
    """Every word stands somewhere in the name."""
    match = Q()
    for word in words:
        match &= Q(**{f"{prefix}sort_key__contains": word})
    return match
