"""The first day: five steps that bring an empty account to its first result.

What is done is read from what exists and never ticked by hand. One query.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.roles import Role
from agents.models import Segment
from backlog.models import Action, ActionResult, Goal
from worktime.models import WorkSchedule

ACTIONS = 3
OFFERED = frozenset({Role.PRODUCT_OWNER, Role.LEAD_GENERATOR, Role.ACCOUNT_MANAGER})
"""Those who work a week of their own; whoever leads a team may open the steps too, but is not invited."""


class StepCode(StrEnum):
    HOURS = "hours"
    SEGMENT = "segment"
    GOAL = "goal"
    ACTIONS = "actions"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Step:
    """``left`` counts what is still to be made where a step asks for several."""

    code: StepCode
    done: bool
    left: int = 0


def steps_of(user: User) -> list[Step]:
    """The five steps in their order."""
    own = OuterRef("pk")
    planned = Action.objects.filter(owner=own, sprint__isnull=False).order_by().values("owner")
    goals = Goal.objects.filter(owner=own)
    rows = User.objects.filter(pk=user.pk).annotate(
        has_hours=Exists(WorkSchedule.objects.filter(user=own)),
        has_goal=Exists(goals),
        has_segment=Exists(goals.filter(segment__isnull=False)) | Exists(Segment.objects.filter(owner=own)),
        has_planned=Coalesce(Subquery(planned.annotate(n=Count("pk")).values("n")), 0),
        has_result=Exists(ActionResult.objects.standing().filter(action__owner=own)),
    )
    hours, segment, goal, planned_, result = rows.values_list(
        "has_hours", "has_segment", "has_goal", "has_planned", "has_result"
    ).get()
    left = max(0, ACTIONS - planned_)
    return [
        Step(StepCode.HOURS, hours),
        Step(StepCode.SEGMENT, segment),
        Step(StepCode.GOAL, goal),
        Step(StepCode.ACTIONS, left == 0, left),
        Step(StepCode.RESULT, result),
    ]


def invitation(user: User) -> list[Step]:
    """The steps to show on the pages of day and week; none for whom they are not meant, who put them off or is done."""
    if user.role not in OFFERED or user.first_steps_skipped_at is not None:
        return []
    steps = steps_of(user)
    return [] if all(step.done for step in steps) else steps


def first_goal(user: User) -> Goal | None:
    """The newest goal of the person: the first actions serve it."""
    return Goal.objects.for_list().filter(owner=user, status="active").order_by("-created_at").first()


def first_action(user: User) -> Action | None:
    """What waits for the first result: the earliest planned of the person's actions."""
    return _planned(user).order_by("slot_at", "due_at", "pk").first()


def _planned(user: User) -> QuerySet[Action]:
    return Action.objects.open().filter(owner=user, sprint__isnull=False)
