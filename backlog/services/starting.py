"""Deeds of the first day: each makes what a step asks for, by the services that any other page uses."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import update_preferences
from agents.models import Segment
from backlog.metrics import metric_of
from backlog.models import Action, Goal
from backlog.services.actions import create_action
from backlog.services.goals import create_goal
from backlog.services.sprints import open_sprint
from backlog.starters import Draft, week_to_plan
from worktime.selectors import calendar_of
from worktime.services import set_schedule


@transaction.atomic
def settle(*, user: User, preferences: Mapping[str, Any], hours: Mapping[str, Any]) -> User:
    """Language and zone, and the working hours by that zone. Raises Invalid."""
    settled = update_preferences(user=user, changes=preferences)
    set_schedule(user=settled, by=settled, changes=hours)
    return settled


@transaction.atomic
def set_goal(*, user: User, metric: str, target: Decimal, segment: Segment | None, at: datetime) -> Goal:
    """The goal of the week that can still be worked, named after its metric.

    Raises Invalid (no target, an unknown metric), SprintClosed, NotAllowed.
    """
    week = open_sprint(owner=user, day=week_to_plan(calendar_of(user), at), by=user)
    names = {"metric": metric_of(metric).name, "target": f"{target.normalize():f}"}
    statement = _("%(metric)s: %(target)s за неделю") % names
    if segment is not None:
        statement = _("%(goal)s, «%(segment)s»") % {"goal": statement, "segment": segment.name[:200]}
    return create_goal(sprint=week, by=user, statement=statement[:300], metric=metric, target=target, segment=segment)


@transaction.atomic
def plan_actions(*, goal: Goal, drafts: Sequence[Draft], by: User, at: datetime) -> list[Action]:
    """All of them or none. Raises Invalid, SlotTaken, SprintClosed, NotAllowed."""
    return [
        create_action(
            owner=goal.owner, by=by, at=at, title=draft.title, kind=draft.kind, minutes=draft.minutes, goal=goal,
            priority=draft.priority, slot_at=draft.slot_at,
        )
        for draft in drafts
    ]  # fmt: skip
