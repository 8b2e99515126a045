"""Chainable filters over what came in. Settings are not scoped by team: administrators and auditors read all."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import SEES_EVERYTHING
from inbox.choices import State


class ArrivalQuerySet(QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> "ArrivalQuerySet":
        sees = isinstance(user, User) and user.is_active and user.role in SEES_EVERYTHING
        return self if sees else self.none()

    def for_list(self) -> "ArrivalQuerySet":
        """Without the bodies: a list never reads them."""
        return self.select_related("source").defer("body")

    def failed(self) -> "ArrivalQuerySet":
        return self.filter(state=State.FAILED)
