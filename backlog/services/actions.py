"""Actions: steps toward goals. They come, change and go at any time; a week is a search, not a contract."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.access import demand_planner
from accounts.models import User
from agents.models import Party, Segment
from backlog.choices import ActionKind, ActionStatus, Priority
from backlog.models import Action, Finding, Goal, Sprint
from backlog.services.checking import check_fields
from backlog.services.planning import (
    announce,
    clean_words,
    group_segment,
    hold_plan,
    invalid,
    locked,
    open_locked,
    save_action,
)
from backlog.services.slots import demand_ahead, demand_free
from backlog.services.sprints import demand_open, open_sprint
from common.changes import check_version
from common.errors import FieldError, Invalid, NotAllowed
from common.outside import known_once
from common.text import one_line
from leads.models import Lead
from worktime.calendar import WorkingCalendar
from worktime.due import due_for
from worktime.selectors import calendar_of

GAP = 1024
"""Between neighbours of a list: most moves write one row (see ``ordering``)."""
EDITABLE = frozenset({
    "title", "kind", "minutes", "location", "note", "expected", "due_at", "segment", "lead", "party",
    "source", "external_id",
})  # fmt: skip


class ActionFields(TypedDict, total=False):
    sprint: Sprint | None
    goal: Goal | None
    segment: Segment | None
    lead: Lead | None
    party: Party | None
    kind: str
    priority: int
    priority_own: bool
    priority_reason: str
    minutes: int
    due_at: datetime | None
    slot_at: datetime | None
    location: str
    note: str
    expected: Decimal
    follows: Action | None
    finding: Finding | None
    source: str
    external_id: str
    sprung_from: str
    position: int | None


@transaction.atomic
def create_action(
    *,
    owner: User,
    title: str,
    by: User,
    at: datetime,
    calendar: WorkingCalendar | None = None,
    **fields: Unpack[ActionFields],
) -> Action:
    """Plan an action; without a sprint and a goal it is an idea.

    A goal brings its week and segment, a lead its party and segment, a slot the week that it lies in. Without
    ``due_at`` the due moment follows from the priority in the owner's working time. ``sprung_from`` names what made it
    (a reply, an unkept promise): the same again gives the action that stands. ``calendar`` spares the queries where
    many are made for one owner.
    Raises Invalid (no title, priority 7, a 30-hour day, a due moment in the past), KnownOutside, SlotTaken,
    SprintClosed, NotAllowed.
    """
    demand_planner(by, owner)
    sprung_from = fields.get("sprung_from", "")
    if sprung_from and (known := Action.objects.filter(sprung_from=sprung_from).first()):
        return known
    values: dict[str, Any] = {"kind": ActionKind.TASK, "priority": Priority.WEEK, "minutes": 30, **fields}
    values |= {"title": one_line(title), "location": one_line(values.get("location", ""))}
    values |= _place(owner, values)
    if values.get("slot_at") is not None:
        demand_ahead(values["slot_at"], at)
        values["sprint"] = _week_of(values["slot_at"], owner, values["sprint"], by)
    if values.get("due_at") is None:
        values.pop("due_at", None)
    check_fields(values, at)
    _settle(owner, values, at, calendar)
    try:
        with known_once(_("Действие с таким внешним номером уже есть.")):
            made = Action.objects.create(owner=owner, team=owner.team, **values)
    except IntegrityError:
        if not sprung_from:
            raise
        return Action.objects.get(sprung_from=sprung_from)  # another worker made it at the same moment
    announce(made, by=by, at=at)
    return made


def _settle(owner: User, values: dict[str, Any], at: datetime, calendar: WorkingCalendar | None) -> None:
    """Hold the slot that was asked for, and fill in what was left open: the due moment, the place at the end."""
    if values["sprint"] is not None:
        demand_open(values["sprint"])
    if values.get("slot_at") is not None:
        hold_plan(owner.pk)
        demand_free(owner=owner, title=values["title"], slot_at=values["slot_at"], minutes=values["minutes"], at=at)
    if values.get("due_at") is None:
        values["due_at"] = due_moment(owner, values["sprint"], values["priority"], at, calendar)
    if values.get("position") is None:
        values["position"] = last_position(owner, values["sprint"], values["goal"], values["segment"]) + GAP


@transaction.atomic
def update_action(
    *, action: Action, by: User, at: datetime, changes: Mapping[str, Any], expected_version: int | None = None
) -> Action:
    """Change what an action says. Priority, slot, goal, week and result have deeds of their own.

    Raises Invalid (another field, as for a new action), SlotTaken (longer than the gap that follows), KnownOutside,
    StaleVersion.
    """
    if foreign := sorted(set(changes) - EDITABLE):
        message = _("Это поле меняется другим действием.")
        raise Invalid(message, [FieldError(name, "read_only", message) for name in foreign])
    if "minutes" in changes:
        hold_plan(action.owner_id)
    current = locked(action)
    demand_planner(by, current.owner)
    check_version(current, expected_version, changes)
    lines = {"title", "location"}
    wanted: dict[str, Any] = {
        name: one_line(value or "") if name in lines else value for name, value in changes.items()
    }
    if "segment" in wanted:
        wanted["segment"] = group_segment(current.goal, wanted["segment"])
    changed_due = wanted.get("due_at", current.due_at) != current.due_at
    check_fields(wanted, at if changed_due else None)
    if current.slot_at is not None and current.is_open and wanted.get("minutes", 0) > current.minutes:
        demand_free(
            owner=current.owner, title=current.title, slot_at=current.slot_at, minutes=wanted["minutes"],
            at=min(at, current.slot_at), but=current,
        )  # fmt: skip
    with known_once(_("Действие с таким внешним номером уже есть.")):
        return save_action(current, wanted, by=by, at=at)


@transaction.atomic
def drop_action(
    *, action: Action, by: User, at: datetime, reason: str = "", expected_version: int | None = None
) -> Action:
    """Take an action out of the plan; why stays in its note. Dropped twice it changes nothing.

    Raises Invalid (it has a result), StaleVersion, NotAllowed.
    """
    current = locked(action)
    demand_planner(by, current.owner)
    if current.status == ActionStatus.DROPPED:
        return current
    current = open_locked(action, by, expected_version)
    changes: dict[str, Any] = {"status": ActionStatus.DROPPED, "slot_at": None}
    if words := clean_words("reason", reason, 300):
        line = _("Снято: %(reason)s") % {"reason": words}
        changes["note"] = f"{current.note}\n{line}".strip()[:4000]
    return save_action(current, changes, by=by, at=at)


@transaction.atomic
def restore_action(*, action: Action, by: User, at: datetime, expected_version: int | None = None) -> Action:
    """Back into the plan with a due moment counted anew where the old one has passed. A closed week gives way to the
    current one. Raises Invalid (it has a result), StaleVersion, NotAllowed."""
    current = locked(action)
    demand_planner(by, current.owner)
    if current.is_open:
        return current
    if current.status == ActionStatus.DONE:
        raise invalid("status", _("У действия есть итог. Отмените итог или добавьте новое действие."), "done")
    check_version(current, expected_version)
    changes: dict[str, Any] = {"status": ActionStatus.PLANNED}
    if current.sprint is not None and not current.sprint.is_open:
        today = at.astimezone(current.owner.zone).date()
        changes |= {"sprint": open_sprint(owner=current.owner, day=today, by=by), "goal": None}
    if current.due_at < at:
        changes["due_at"] = due_moment(current.owner, None, current.priority, at)
    return save_action(current, changes, by=by, at=at)


@transaction.atomic
def hand_over(*, action: Action, to: User, by: User, at: datetime, expected_version: int | None = None) -> Action:
    """Give an action to a colleague within one's scope: into the same week of his, without goal and slot.

    Raises NotAllowed, SprintClosed, StaleVersion.
    """
    current = open_locked(action, by)
    if current.owner_id == to.pk:
        return current
    current = open_locked(action, by, expected_version)
    demand_planner(by, to)
    if not to.is_active or not to.may_write:
        raise NotAllowed(_("Этот сотрудник не ведёт действий. Выберите другого."))
    sprint = open_sprint(owner=to, day=current.sprint.starts_on, by=by) if current.sprint else None
    if sprint is not None:
        demand_open(sprint)
    position = last_position(to, sprint, None, current.segment) + GAP
    changes = {"owner": to, "team": to.team, "sprint": sprint, "goal": None, "slot_at": None, "position": position}
    return save_action(current, changes, by=by, at=at)


def due_moment(
    owner: User, sprint: Sprint | None, priority: int, at: datetime, calendar: WorkingCalendar | None = None
) -> datetime:
    """When an action of this priority is due; in a week that has not begun, counted from its Monday."""
    if sprint is not None:
        at = max(at, datetime.combine(sprint.starts_on, datetime.min.time(), owner.zone))
    return due_for(priority, at, calendar or calendar_of(owner))


def last_position(owner: User, sprint: Sprint | None, goal: Goal | None, segment: Segment | None) -> int:
    """Of the list that the action would join; 0 for an empty one."""
    rows = Action.objects.filter(owner=owner, sprint=sprint, goal=goal)
    if goal is None and sprint is not None:
        rows = rows.filter(segment=segment)
    return rows.aggregate(last=Max("position"))["last"] or 0


def _week_of(slot_at: datetime, owner: User, sprint: Sprint | None, by: User) -> Sprint:
    """Raises Invalid for a slot outside of the week that was named."""
    day = slot_at.astimezone(owner.zone).date()
    if sprint is None:
        return open_sprint(owner=owner, day=day, by=by)
    if sprint.starts_on <= day <= sprint.ends_on:
        return sprint
    days = {"first": f"{sprint.starts_on:%d.%m}", "last": f"{sprint.ends_on:%d.%m}"}
    text = _("Слот вне недели действия. Выберите время с %(first)s по %(last)s.") % days
    raise invalid("slot_at", text, "range")


def _place(owner: User, values: Mapping[str, Any]) -> dict[str, Any]:
    """Week, goal, segment and party as they follow from one another. Raises Invalid for what is another person's."""
    goal, lead, follows = values.get("goal"), values.get("lead"), values.get("follows")
    sprint = values.get("sprint") or (goal.sprint if goal else None)
    if goal is not None and (goal.sprint != sprint or goal.owner_id != owner.pk):
        raise invalid("goal", _("Эта цель — другой недели или другого человека."), "foreign")
    if sprint is not None and sprint.owner_id != owner.pk:
        raise invalid("sprint", _("Эта неделя — другого человека."), "foreign")
    if follows is not None and follows.owner_id != owner.pk:
        raise invalid("follows", _("Предыдущее действие — другого человека."), "foreign")
    segment = group_segment(goal, values.get("segment") or (lead.segment if lead else None))
    return {
        "sprint": sprint,
        "goal": goal,
        "segment": segment,
        "party": values.get("party") or (lead.party if lead else None),
    }
