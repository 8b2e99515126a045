"""Taking up an offer of ``backlog.ambition``: a bolder target, or a goal of its own for a leading metric."""

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_planner
from accounts.models import User
from backlog.ambition import Leading, harder, key_of
from backlog.choices import GoalStatus
from backlog.models import Goal
from backlog.services.goals import create_goal, update_goal
from backlog.services.planning import hold_plan
from common.errors import Refused


class OfferGone(Refused):
    """What was offered holds no longer: the day has changed, or the goal."""

    code: ClassVar[str] = "offer_gone"
    status: ClassVar[int] = 409


@transaction.atomic
def take_bolder(*, goal: Goal, by: User, at: datetime, expected_version: int | None = None) -> Goal:
    """Set the bolder target, and the number in the goal's words with it. ``expected_version`` is that of the goal as it
    was when the offer was shown, so that a second press does not stretch it twice.

    Raises OfferGone, StaleVersion, SprintClosed, NotAllowed.
    """
    demand_planner(by, goal.owner)
    offer = harder(goal, at)
    if offer is None or offer.bolder is None:
        raise OfferGone(_("Смелее уже некуда: предложение больше не действует. Обновите страницу."))
    changes = {"target": offer.bolder.target, "statement": offer.bolder.statement}
    return update_goal(goal=goal, by=by, changes=changes, expected_version=expected_version)


@transaction.atomic
def take_leading(*, goal: Goal, key: str, by: User, at: datetime) -> Goal:
    """Add a goal with a leading metric to the same week; taken twice it is the same goal.

    Raises OfferGone, SprintClosed, NotAllowed.
    """
    demand_planner(by, goal.owner)
    hold_plan(goal.owner_id)
    for standing in Goal.objects.filter(sprint=goal.sprint, status=GoalStatus.ACTIVE):
        if key_of(standing.metric, standing.metric_name) == key:
            return standing
    offer = harder(goal, at)
    chosen = next((one for one in offer.leading if one.key == key), None) if offer else None
    if chosen is None:
        raise OfferGone(_("Этой метрики в предложении больше нет. Обновите страницу."))
    return create_goal(
        sprint=goal.sprint, by=by, statement=_statement(chosen), metric=chosen.metric, target=chosen.target,
        due_on=goal.due_on, segment=goal.segment, initiative=goal.initiative,
        metric_name=chosen.name if chosen.metric == "own" else "", unit=chosen.unit or str(_("раз")),
    )  # fmt: skip


def _statement(chosen: Leading) -> str:
    """«Созвоны и встречи: 12»."""
    return f"{chosen.name}: {chosen.target.normalize():f}"[:300]
