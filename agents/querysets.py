"""Chainable filters over this room's tables; each starts from the one rule of visibility."""

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
    """The condition of a text search on a party, for a queryset that reaches the party by ``prefix``."""
    words = fold(text).split()
    if not words:
        return Q()
    by_name = Q()
    for word in words:
        by_name &= Q(**{f"{prefix}sort_key__contains": word})
    digits = taxid.normalise(text).lstrip("+")
    if digits.isdigit() and len(digits) >= 4:
        by_name |= Q(**{f"{prefix}tax_id": digits}) | _contact_match(prefix, digits)
        phone = phones.normalise(text)
        if phone:
            by_name |= _contact_match(prefix, phone.lstrip("+"))
    if "@" in text:
        by_name |= Q(**{f"{prefix}pk__in": _parties_with(text.strip().casefold())})
    return by_name


def _contact_match(prefix: str, digits: str) -> Q:
    return Q(**{f"{prefix}pk__in": _parties_with(digits)})


def _parties_with(part: str) -> Any:
    """A values queryset of party ids."""
    from agents.models import Contact

    return Contact.objects.filter(key__contains=part).values("party_id")
