"""Time slots: when an action is to begin. Two open actions of one person never share a moment."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from backlog.choices import ActionStatus
from backlog.freetime import Stretch, free_slots, overlaps
from backlog.models import Action, Goal, Sprint
from backlog.services.planning import hold_plan, invalid, open_locked, save_action
from backlog.services.sprints import demand_open, monday_of, open_sprint
from common.errors import FieldError, Refused
from leads.models import Lead
from worktime.calendar import NoWorkingTime, WorkingCalendar
from worktime.selectors import calendar_of

LATE = timedelta(minutes=5)
"""A slot that began this long ago is still taken: the press travels, and calls begin a little late."""
FARTHEST = timedelta(days=366)
STEP_MINUTES = 30
"""How long a lead's next step is reckoned to take when free time is looked for."""
LONGEST = timedelta(minutes=720)


class SlotTaken(Refused):
    """Another action stands there. ``nearest_free`` is the next stretch of working time that fits, if any."""

    code: ClassVar[str] = "slot_taken"
    status: ClassVar[int] = 409

    def __init__(self, title: str, other: Action, nearest_free: datetime | None) -> None:
        begins = other.slot_at.astimezone(other.owner.zone) if other.slot_at else None
        ends = other.slot_end.astimezone(other.owner.zone) if other.slot_end else None
        words = {"mine": title, "other": other.title, "from": f"{begins:%H:%M}", "to": f"{ends:%H:%M}"}
        message = _("«%(mine)s» пересекается с «%(other)s» (%(from)s–%(to)s).") % words
        if nearest_free is not None:
            free = nearest_free.astimezone(other.owner.zone)
            message += " " + _("Ближайший свободный слот: %(moment)s.") % {"moment": f"{free:%d.%m %H:%M}"}
        super().__init__(message, [FieldError("slot_at", "taken", message)])
        self.other, self.nearest_free = other, nearest_free


@transaction.atomic
def put_on_slot(
    *, action: Action, slot_at: datetime, by: User, at: datetime, expected_version: int | None = None
) -> Action:
    """Give an action its time. A slot of another week takes the action there, an idea into the plan.

    Outside working hours and over a full day are allowed (the week page flags them). The same slot again changes
    nothing. Raises SlotTaken, Invalid (a slot in the past, too far), SprintClosed, StaleVersion, NotAllowed.
    """
    hold_plan(action.owner_id)
    current = open_locked(action, by)
    if current.slot_at == slot_at:
        return current
    current = open_locked(action, by, expected_version)
    demand_free(owner=current.owner, title=current.title, slot_at=slot_at, minutes=current.minutes, at=at, but=current)
    return save_action(current, {"slot_at": slot_at, **_week_of_slot(current, slot_at, by)}, by=by, at=at)


@transaction.atomic
def take_off_slot(*, action: Action, by: User, at: datetime, expected_version: int | None = None) -> Action:
    """The action stays in the week without a time. Raises StaleVersion, NotAllowed."""
    current = open_locked(action, by)
    if current.slot_at is None:
        return current
    current = open_locked(action, by, expected_version)
    return save_action(current, {"slot_at": None}, by=by, at=at)


def demand_ahead(slot_at: datetime, at: datetime) -> None:
    """Raises Invalid for a time that has passed, and for one that can only be a slip of the year."""
    if slot_at < at - LATE:
        raise invalid("slot_at", _("Этот слот уже прошёл. Выберите время не раньше текущего."), "past")
    if slot_at > at + FARTHEST:
        raise invalid("slot_at", _("До этого дня больше года. Проверьте дату."), "range")


def demand_free(
    *, owner: User, title: str, slot_at: datetime, minutes: int, at: datetime, but: Action | None = None
) -> None:
    """Raises SlotTaken, Invalid. Call it under ``hold_plan``: else two may take one slot at once."""
    demand_ahead(slot_at, at)
    other = _clashing(owner, slot_at, minutes, but)
    if other is not None:
        raise SlotTaken(title, other, free_slot(owner=owner, minutes=minutes, since=max(at, slot_at), but=but))


def free_slot(
    *,
    owner: User,
    minutes: int,
    since: datetime,
    but: Action | None = None,
    calendar: WorkingCalendar | None = None,
    until: date | None = None,
) -> datetime | None:
    """The nearest free working time of this length: outside lunch, days off, slots and next steps of leads.

    None when there is none (``until`` is the last day looked at).
    """
    clock = calendar or calendar_of(owner)
    try:
        found = next(free_slots(clock, taken(owner, since, but), minutes, since=since), None)
    except NoWorkingTime:
        return None
    return found if found is None or until is None or clock.local_day(found) <= until else None


def taken(owner: User, since: datetime, but: Action | None = None) -> list[Stretch]:
    """What fills the person's time from ``since`` on: open slots and next steps of his leads. Two queries."""
    slots = _slotted(owner, but).filter(slot_at__gt=since - LONGEST).values_list("slot_at", "minutes")
    soon = since - timedelta(minutes=STEP_MINUTES), since + timedelta(days=90)
    leads = Lead.objects.filter(owner=owner, next_action_at__gt=soon[0], next_action_at__lt=soon[1])
    steps = leads.values_list("next_action_at", flat=True)
    stretches = [(start, start + timedelta(minutes=minutes)) for start, minutes in slots]
    return stretches + [(start, start + timedelta(minutes=STEP_MINUTES)) for start in steps]


def _slotted(owner: User, but: Action | None = None) -> Any:
    rows = Action.objects.filter(owner=owner, slot_at__isnull=False, status=ActionStatus.PLANNED)
    return rows.exclude(pk=but.pk) if but is not None else rows


def _clashing(owner: User, slot_at: datetime, minutes: int, but: Action | None) -> Action | None:
    end = slot_at + timedelta(minutes=minutes)
    near = _slotted(owner, but).filter(slot_at__gt=slot_at - LONGEST, slot_at__lt=end).select_related("owner")
    near = near.order_by("slot_at")
    return next((one for one in near if overlaps(slot_at, minutes, one.slot_at, one.minutes)), None)


def _week_of_slot(action: Action, slot_at: datetime, by: User) -> dict[str, Sprint | Goal | UUID | None]:
    """Nothing while the slot lies in the action's own week; else that week, without a goal that is not of it."""
    day = slot_at.astimezone(action.owner.zone).date()
    if action.sprint is not None and action.sprint.starts_on == monday_of(day):
        return {}
    sprint = open_sprint(owner=action.owner, day=day, by=by)
    demand_open(sprint)
    goal = Goal.objects.filter(sprint=sprint, continues_id=action.goal_id).first() if action.goal_id else None
    return {"sprint": sprint, "goal": goal}
