"""A goal that was not reached goes on in the next week with what is left of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from backlog.choices import GoalStatus
from backlog.models import Goal, Sprint
from backlog.progress import progress_of


def continued(goals: Iterable[Goal], to: Sprint, at: datetime) -> dict[UUID, Goal | None]:
    """By the old goal's id its continuation in that week, made where there is none; None where nothing is left."""
    wanted = {goal.pk: goal for goal in goals}
    known = {
        goal.continues_id: goal
        for goal in Goal.objects.select_related("segment").filter(sprint=to, continues_id__in=wanted)
    }
    missing = [goal for pk, goal in wanted.items() if pk not in known]
    facts = progress_of(missing, at) if missing else {}
    made: dict[UUID, Goal | None] = {pk: known[pk] for pk in wanted if pk in known}
    for goal in missing:
        left = goal.target - facts[goal.pk].value
        made[goal.pk] = _go_on(goal, to, left) if left > 0 and goal.status == GoalStatus.ACTIVE else None
    return made


def _go_on(goal: Goal, to: Sprint, left: Decimal) -> Goal:
    """A counted metric starts from nothing each week; an own one goes on from where it stands."""
    fact = {"baseline": goal.target - left, "target": goal.target} if goal.metric_name else {"target": left}
    days = (goal.due_on - goal.sprint.starts_on).days
    due = to.starts_on + timedelta(days=min(max(days, 0), 6))
    return Goal.objects.create(
        sprint=to, owner_id=goal.owner_id, team_id=to.team_id, segment=goal.segment, initiative=goal.initiative,
        statement=goal.statement, metric=goal.metric, metric_name=goal.metric_name, unit=goal.unit, due_on=due,
        unit_margin=goal.unit_margin, position=goal.position, continues=goal, **fact,
    )  # fmt: skip
