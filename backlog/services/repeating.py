"""An empty week begins with the plan of an earlier one: its goals and actions anew, without what they came to."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.access import demand_planner
from accounts.models import User
from backlog.choices import ActionStatus, GoalStatus
from backlog.models import Action, Goal, Sprint
from backlog.progress import values_of
from backlog.services.actions import create_action
from backlog.services.goals import create_goal
from backlog.services.planning import hold_plan, invalid
from backlog.services.sprints import demand_open, monday_of, open_sprint
from worktime.selectors import calendar_of


def planned_before(*, owner: User, monday: date) -> Sprint | None:
    """The person's last week before this one in which anything was planned."""
    goals = Goal.objects.filter(sprint=OuterRef("pk"), status=GoalStatus.ACTIVE)
    weeks = Sprint.objects.filter(Exists(goals) | Exists(_by_hand().filter(sprint=OuterRef("pk"))), owner=owner)
    return weeks.filter(starts_on__lt=monday).select_related("owner").order_by("-starts_on").first()


@transaction.atomic
def repeat_week(*, owner: User, day: date, by: User, at: datetime) -> Sprint:
    """Plan the week of this day as the last planned one before it was planned.

    Goals keep their words, metric and target (an own metric goes on from where it stands); actions keep what they say,
    not slot, lead, result or a priority of one's own. A week that has a plan already stays as it is, so that a second
    press changes nothing. Raises Invalid (there is nothing to repeat), SprintClosed, NotAllowed.
    """
    demand_planner(by, owner)
    hold_plan(owner.pk)
    sprint = open_sprint(owner=owner, day=day, by=by)
    demand_open(sprint)
    if _goals(sprint) or _actions(sprint):
        return sprint
    before = planned_before(owner=owner, monday=monday_of(day))
    if before is None:
        raise invalid("week", _("Раньше вы ничего не планировали: повторить пока нечего."), "empty")
    goals = _repeat_goals(before, sprint, by, at)
    calendar = calendar_of(owner)
    for row in _actions(before):
        create_action(
            owner=owner, by=by, at=at, calendar=calendar, sprint=sprint, goal=goals.get(row.goal_id),
            title=row.title, kind=row.kind, segment=row.segment, minutes=row.minutes, location=row.location,
            expected=row.expected, priority=row.priority,
        )  # fmt: skip
    return sprint


def _repeat_goals(before: Sprint, sprint: Sprint, by: User, at: datetime) -> dict[UUID | None, Goal]:
    """By the old goal's id. What an own metric has reached already is no goal any more."""
    rows = _goals(before)
    reached, made = values_of(rows, at), dict[UUID | None, Goal]()
    for goal in rows:
        baseline = reached[goal.pk] if goal.metric_name else goal.baseline
        if baseline >= goal.target:
            continue
        made[goal.pk] = create_goal(
            sprint=sprint, by=by, statement=goal.statement, metric=goal.metric, metric_name=goal.metric_name,
            unit=goal.unit, baseline=baseline, target=goal.target, segment=goal.segment, initiative=goal.initiative,
            unit_margin=goal.unit_margin, due_on=sprint.starts_on + timedelta(days=_weekday(goal, before)),
        )  # fmt: skip
    return made


def _weekday(goal: Goal, week: Sprint) -> int:
    return min(max((goal.due_on - week.starts_on).days, 0), 6)


def _goals(week: Sprint) -> list[Goal]:
    return list(Goal.objects.for_list().filter(sprint=week, status=GoalStatus.ACTIVE).select_related("sprint__owner"))


def _actions(week: Sprint) -> list[Action]:
    return list(_by_hand().filter(sprint=week).select_related("segment").order_by("position", "pk"))


def _by_hand() -> "QuerySet[Action]":
    """What belongs to no single week: neither a lead's, nor the system's, nor the next try of another."""
    rows = Action.objects.filter(lead__isnull=True, sprung_from="", follows__isnull=True)
    return rows.exclude(status=ActionStatus.DROPPED)
