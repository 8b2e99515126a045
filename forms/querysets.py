"""Chainable filters. Forms are settings: administrators and auditors read all of them, nobody else any."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from accounts.models import User
from accounts.roles import SEES_EVERYTHING
from forms.choices import State


def reads_settings(user: User | AnonymousUser) -> bool:
    return isinstance(user, User) and user.is_active and user.role in SEES_EVERYTHING


class FormQuerySet(QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> "FormQuerySet":
        return self if reads_settings(user) else self.none()

    def for_list(self) -> "FormQuerySet":
        came = {state: Count("submissions", filter=Q(submissions__state=state)) for state in State.values}
        return self.select_related("owner", "team", "initiative").annotate(**{f"n_{k}": v for k, v in came.items()})


class SubmissionQuerySet(QuerySet[Any]):
    def visible_to(self, user: User | AnonymousUser) -> "SubmissionQuerySet":
        return self if reads_settings(user) else self.none()

    def for_list(self) -> "SubmissionQuerySet":
        """Without what was typed: the journal tells how it went, and the lead holds the rest."""
        return self.select_related("form", "lead__party", "consent_text").defer("kept")
