"""The doors to one record of this room."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import one_visible
from accounts.models import User
from backlog.models import Action, ActionResult, Finding, Goal, Sprint
from common.errors import NotFound


def get_action_for(user: User, pk: UUID | str, *, lock: bool = False) -> Action:
    return one_visible(Action.objects.for_list(), user, pk, lock=lock)


def get_goal_for(user: User, pk: UUID | str, *, lock: bool = False) -> Goal:
    return one_visible(Goal.objects.for_list(), user, pk, lock=lock)


def get_sprint_for(user: User, pk: UUID | str, *, lock: bool = False) -> Sprint:
    return one_visible(Sprint.objects.for_list(), user, pk, lock=lock)


def get_finding_for(user: User, pk: UUID | str, *, lock: bool = False) -> Finding:
    return one_visible(Finding.objects.for_list(), user, pk, lock=lock)


def get_result_for(user: User, pk: UUID | str) -> ActionResult:
    """A result is seen by whoever sees its action."""
    result = ActionResult.objects.select_related("action").filter(pk=pk).first()
    if result is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    get_action_for(user, result.action_id)
    return result
