"""Rows of this room and who may see them."""

from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User
from accounts.roles import SEES_EVERYTHING
from accounts.scope import ScopedQuerySet

PING = "ping"


class EventQuerySet(ScopedQuerySet[Any]):
    """Scope: by owner and team of the object when it happened."""

    def told(self) -> Self:
        """Numbered already, and news: a test ping concerns its endpoint alone."""
        return self.filter(position__isnull=False).exclude(type=PING)


class EndpointQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Administrators and auditors see all of them, a bank system those made for it."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self if user.role in SEES_EVERYTHING else self.filter(account=user)

    def for_list(self) -> Any:
        return self.select_related("account", "account__team", "owner")


class DeliveryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the endpoints that one sees."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self if user.role in SEES_EVERYTHING else self.filter(endpoint__account=user)

    def for_list(self) -> Any:
        return self.select_related("event")
