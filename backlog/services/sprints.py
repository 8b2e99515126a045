"""A week: it opens by itself with the first thing planned in it, and closes with a review."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_planner
from accounts.models import User
from backlog.choices import PriorityCause, SprintStatus
from backlog.models import Action, Goal, PriorityChange, Sprint
from backlog.services.continuing import continued
from backlog.services.planning import hold_plan, invalid, save_action
from common.changes import check_version, save_changes
from common.errors import Refused
from worktime.due import due_for
from worktime.selectors import calendar_of

YEARS = range(2020, 2051)
TEXT_LIMIT = 4000


class SprintClosed(Refused):
    """The week's results are summed up: nothing more is planned in it."""

    code: ClassVar[str] = "sprint_closed"
    status: ClassVar[int] = 409


def monday_of(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)


@transaction.atomic
def open_sprint(*, owner: User, day: date, by: User) -> Sprint:
    """The person's week that holds this day; of two who open it at once both get the same one.

    Raises NotAllowed, Invalid (a year out of reach).
    """
    demand_planner(by, owner)
    monday = monday_of(day)
    if monday.year not in YEARS:
        raise invalid("week", _("Такой недели в плане нет: выберите год с 2020 по 2050."), "range")
    sprint, _created = Sprint.objects.select_related("owner").get_or_create(
        owner=owner, starts_on=monday, defaults={"team": owner.team}
    )
    return sprint


def demand_open(sprint: Sprint) -> None:
    """Raises SprintClosed."""
    if not sprint.is_open:
        raise SprintClosed(
            _("Итоги недели %(code)s подведены. Планируйте в текущую неделю.") % {"code": sprint.code[-3:]}
        )


@transaction.atomic
def close_sprint(
    *, sprint: Sprint, by: User, at: datetime, worked: str = "", failed: str = "", expected_version: int | None = None
) -> Sprint:
    """Sum a week up: what worked, what did not; plan and fact are counted, not typed.

    A closed week may have its words mended; it stays closed since its first review. Raises Invalid (a week that has
    not begun, overlong words), StaleVersion, NotAllowed.
    """
    demand_planner(by, sprint.owner)
    current = Sprint.objects.select_for_update(no_key=True, of=("self",)).select_related("owner").get(pk=sprint.pk)
    said = {"worked": worked.strip(), "failed": failed.strip()}
    check_version(current, expected_version, said)
    if current.starts_on > at.astimezone(current.owner.zone).date():
        raise invalid("status", _("Неделя ещё не началась: итоги подводить рано."), "early")
    for name, text in said.items():
        if len(text) > TEXT_LIMIT:
            raise invalid(name, _("Здесь помещается 4 000 знаков. Сократите."), "too_long")
    closed = {"status": SprintStatus.CLOSED, "closed_at": current.closed_at or at}
    return save_changes(current, said | closed)


@transaction.atomic
def carry_over(
    *, sprint_from: Sprint, sprint_to: Sprint, by: User, at: datetime, action_ids: Collection[UUID] | None = None
) -> list[Action]:
    """Move what is still open (all of it, or these) to another week of the same person. Closed actions stay.

    Goals that are not reached go on with what is left of them; due moments are counted anew; slots are given back.
    Pressed twice it finds nothing left to move. Raises Invalid (another person's week, the same week), SprintClosed.
    """
    demand_planner(by, sprint_from.owner)
    if sprint_from.owner_id != sprint_to.owner_id or sprint_from.pk == sprint_to.pk:
        raise invalid("week", _("Переносить можно в другую неделю того же человека."), "other_owner")
    demand_open(sprint_to)
    hold_plan(sprint_from.owner_id)
    rows = Action.objects.open().filter(sprint=sprint_from)
    if action_ids is not None:
        rows = rows.filter(pk__in=action_ids)
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    left = list(rows.select_related("owner", "goal__segment", "goal__initiative__product").order_by("position", "pk"))
    goals = continued([a.goal for a in left if a.goal], sprint_to, at) if left else {}
    moved = [_carry(action, sprint_to, goals, by=by, at=at) for action in left]
    PriorityChange.objects.bulk_create([_carried(action, sprint_from, sprint_to, by, at) for action in moved])
    return moved


def _carry(action: Action, to: Sprint, goals: dict[UUID, Goal | None], *, by: User, at: datetime) -> Action:
    calendar = calendar_of(action.owner)
    start = datetime.combine(to.starts_on, calendar.start, calendar.zone)
    changes = {
        "sprint": to,
        "goal": goals.get(action.goal_id) if action.goal_id else None,
        "due_at": due_for(action.priority, max(at, start), calendar),
        "slot_at": None,
    }
    return save_action(action, changes, by=by, at=at)


def _carried(action: Action, source: Sprint, to: Sprint, by: User, at: datetime) -> PriorityChange:
    weeks = {"before": source.code[-2:], "after": to.code[-2:]}
    return PriorityChange(
        action=action, at=at, by=by, cause=PriorityCause.CARRIED, before=action.priority, after=action.priority,
        reason=_("из недели %(before)s в неделю %(after)s") % weeks,
    )  # fmt: skip
