"""The doors to one record of this room."""

from uuid import UUID

from accounts.access import one_visible
from accounts.models import User
from backlog.models import Action, Finding, Goal, Sprint


def get_action_for(user: User, pk: UUID | str, *, lock: bool = False) -> Action:
    return one_visible(Action.objects.for_list(), user, pk, lock=lock)


def get_goal_for(user: User, pk: UUID | str, *, lock: bool = False) -> Goal:
    return one_visible(Goal.objects.for_list(), user, pk, lock=lock)


def get_sprint_for(user: User, pk: UUID | str, *, lock: bool = False) -> Sprint:
    return one_visible(Sprint.objects.for_list(), user, pk, lock=lock)


def get_finding_for(user: User, pk: UUID | str, *, lock: bool = False) -> Finding:
    return one_visible(Finding.objects.for_list(), user, pk, lock=lock)
