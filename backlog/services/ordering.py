"""Where an action stands: its week or the ideas, its goal or segment, its place in that list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from agents.models import Segment
from backlog.models import Action, Goal, Sprint
from backlog.services.actions import GAP, due_moment
from backlog.services.planning import group_segment, hold_plan, invalid, open_locked, save_action
from backlog.services.sprints import demand_open


@dataclass(frozen=True, slots=True)
class Place:
    """A list of the week (a goal, or a segment without one; without a sprint the ideas) and the neighbour that the
    action goes in front of; without one it goes to the end."""

    sprint: Sprint | None
    goal: Goal | None = None
    segment: Segment | None = None
    before: UUID | None = None


@transaction.atomic
def place_action(*, action: Action, to: Place, by: User, at: datetime, expected_version: int | None = None) -> Action:
    """Move an action to another place, goal, segment or week, or among the ideas.

    Two people who order one week wait for each other and lose nothing; only a change of this very row is a conflict.
    Ideas keep their segment and give their slot back. Raises Invalid, SprintClosed, StaleVersion, NotAllowed.
    """
    hold_plan(action.owner_id)
    current = open_locked(action, by)
    _demand_own(current, to)
    goal = to.goal
    segment = group_segment(goal, to.segment if to.sprint is not None else current.segment)
    changes: dict[str, Any] = {"sprint": to.sprint, "goal": goal, "segment": segment}
    if to.sprint is None:
        changes |= {"goal": None, "slot_at": None}
    elif to.sprint.pk != current.sprint_id:
        demand_open(to.sprint)
        changes |= {"due_at": due_moment(current.owner, to.sprint, current.priority, at), "slot_at": None}
    siblings = _siblings(current, to.sprint, goal, segment)
    if _stands(current, changes) and _next_of(current, siblings) == to.before:
        return current
    current = open_locked(action, by, expected_version)
    others = [row for row in siblings if row.pk != current.pk]
    changes["position"] = _position(others, to.before)
    return save_action(current, changes, by=by, at=at)


@transaction.atomic
def shift_action(*, action: Action, places: int, by: User, at: datetime) -> Action:
    """Raise (negative) or lower an action in its own list; at the edge it stays. Relative, so it needs no version."""
    hold_plan(action.owner_id)
    current = open_locked(action, by)
    rows = _siblings(current, current.sprint, current.goal, current.segment)
    index = next(n for n, row in enumerate(rows) if row.pk == current.pk)
    target = min(max(index + places, 0), len(rows) - 1)
    if target == index:
        return current
    others = [row for row in rows if row.pk != current.pk]
    before = others[target].pk if target < len(others) else None
    return save_action(current, {"position": _position(others, before)}, by=by, at=at)


def _demand_own(action: Action, to: Place) -> None:
    if to.sprint is not None and to.sprint.owner_id != action.owner_id:
        raise invalid("sprint", _("Эта неделя — другого человека. Передайте действие ему."), "foreign")
    if to.goal is not None and (to.sprint is None or to.goal.sprint_id != to.sprint.pk):
        raise invalid("goal", _("Эта цель — другой недели."), "foreign")


def _stands(action: Action, changes: dict[str, Any]) -> bool:
    return all(getattr(action, name) == value for name, value in changes.items())


def _siblings(action: Action, sprint: Sprint | None, goal: Goal | None, segment: Segment | None) -> list[Action]:
    """The open ones as people see them, in order: of a goal, of a segment without one, or of the ideas."""
    rows = Action.objects.open().filter(owner_id=action.owner_id, sprint=sprint, goal=goal)
    if goal is None and sprint is not None:
        rows = rows.filter(segment=segment)
    return list(rows.only("pk", "position").order_by("position", "pk"))


def _next_of(action: Action, rows: list[Action]) -> UUID | None:
    keys = [row.pk for row in rows]
    if action.pk not in keys:
        return action.pk  # stands elsewhere: no neighbour compares equal
    after = keys.index(action.pk) + 1
    return keys[after] if after < len(keys) else None


def _position(others: list[Action], before: UUID | None) -> int:
    """A number between the neighbours. Where they stand too close the list is numbered anew, in one UPDATE."""
    index = next((n for n, row in enumerate(others) if row.pk == before), len(others))
    if before is not None and index == len(others):
        raise invalid("before", _("Соседнего действия здесь уже нет. Обновите страницу."), "gone")
    low = others[index - 1].position if index else 0
    if index == len(others):
        return low + GAP
    if others[index].position - low < 2:
        for number, row in enumerate(others, start=1):
            row.position = number * GAP
        Action.objects.bulk_update(others, ["position"])
        low = index * GAP
    return (low + others[index].position) // 2
