"""What weeks hold, counted: for a list of many, and one week's plan and fact for its review."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, Sum

from backlog.choices import ActionStatus, GoalStatus
from backlog.models import Action, Goal, Sprint
from backlog.progress import values_of
from worktime.calendar import DAY, NOTHING
from worktime.selectors import calendar_of


@dataclass(frozen=True, slots=True)
class Tally:
    """``planned_minutes`` are those of all actions that were not dropped; dropped goals are not counted."""

    total: int = 0
    open: int = 0
    done: int = 0
    dropped: int = 0
    planned_minutes: int = 0
    goals: int = 0


@dataclass(frozen=True, slots=True)
class GoalFact:
    goal: Goal
    value: Decimal

    @property
    def reached(self) -> bool:
        return self.value >= self.goal.target


@dataclass(frozen=True, slots=True)
class Review:
    sprint: Sprint
    tally: Tally
    working_minutes: int
    goals: tuple[GoalFact, ...]


def tallies_of(sprints: Iterable[Sprint]) -> dict[UUID, Tally]:
    """By the week's id; two queries for any number of weeks."""
    keys = [sprint.pk for sprint in sprints]
    standing = ~Q(status=ActionStatus.DROPPED)
    rows = Action.objects.filter(sprint__in=keys).order_by().values("sprint").annotate(
        total=Count("pk"),
        open=Count("pk", filter=Q(status=ActionStatus.PLANNED)),
        done=Count("pk", filter=Q(status=ActionStatus.DONE)),
        dropped=Count("pk", filter=Q(status=ActionStatus.DROPPED)),
        minutes=Sum("minutes", filter=standing, default=0),
    )  # fmt: skip
    counted = {row.pop("sprint"): row for row in rows}
    active = Goal.objects.filter(sprint__in=keys, status=GoalStatus.ACTIVE).order_by()
    goals = dict(active.values_list("sprint").annotate(n=Count("pk")))
    return {pk: _tally(counted.get(pk), goals.get(pk, 0)) for pk in keys}


def review_of(sprint: Sprint, at: datetime) -> Review:
    """Plan and fact of one week as of ``at``. The week comes with its owner."""
    rows = Goal.objects.for_list().filter(sprint=sprint, status=GoalStatus.ACTIVE)
    goals = list(rows.select_related("sprint__owner"))
    values = values_of(goals, at)
    calendar = calendar_of(sprint.owner)
    hours = sum((calendar.hours_on(sprint.starts_on + count * DAY) for count in range(7)), NOTHING)
    facts = tuple(GoalFact(goal, values[goal.pk]) for goal in goals)
    return Review(sprint, tallies_of([sprint])[sprint.pk], round(hours.total_seconds() / 60), facts)


def _tally(row: dict[str, int] | None, goals: int) -> Tally:
    if row is None:
        return Tally(goals=goals)
    return Tally(row["total"], row["open"], row["done"], row["dropped"], row["minutes"], goals)
