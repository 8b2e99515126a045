"""Working hours changed: due moments that were «by the end of the day» go on meaning it.

A due moment is stored, so that lists and reminders need no calendar. One that stands exactly where a working day ended
by the old hours moves to where that day ends by the new ones; what a person typed for another time stays, and so does
what would be overdue by the change alone.
"""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from accounts.models import User
from backlog.models import Action
from backlog.services.planning import hold_plan, locked, save_action
from common import clock
from jobs.registry import JobRun
from jobs.services import Duty, owe
from worktime.calendar import DAY, NoWorkingTime, WorkingCalendar
from worktime.events import HoursChanged
from worktime.models import WorkSchedule
from worktime.selectors import calendar_of, calendar_with

JOB = "shift_due"
_TIMES = ("start", "end", "lunch_start", "lunch_end")


def on_hours_changed(event: HoursChanged) -> None:
    """Once a change, however often it is told; in a job, because there may be hundreds of actions."""
    payload = {"user": str(event.user_id), "before": dict(event.before)}
    owe([Duty(JOB, f"{JOB}:{event.user_id}:{event.version}", payload, clock.now())])


def work(run: JobRun) -> None:
    """Atomic: all of a person's moments move, or none."""
    owner = User.objects.filter(pk=UUID(run.payload["user"])).first()
    if owner is not None:
        shift_due(owner=owner, before=schedule_from(owner, run.payload["before"]), at=clock.now())


def schedule_from(owner: User, columns: Mapping[str, Any]) -> WorkSchedule:
    """The hours as they were, not stored anywhere."""
    values = {name: time.fromisoformat(columns[name]) if columns[name] else None for name in _TIMES}
    return WorkSchedule(user=owner, weekdays=columns["weekdays"], region=columns["region"], **values)


def shift_due(*, owner: User, before: WorkSchedule, at: datetime) -> int:
    """Move what is still to come. Returns how many moved; done twice it finds nothing left to move."""
    hold_plan(owner.pk)
    old, new = calendar_with(owner, before), calendar_of(owner)
    moved = 0
    for row in Action.objects.open().filter(owner=owner, due_at__gt=at).order_by("pk"):
        due = end_by(row.due_at, old, new)
        if due is not None and due > at and due != row.due_at:
            save_action(locked(row), {"due_at": due}, by=owner, at=at)
            moved += 1
    return moved


def end_by(due_at: datetime, old: WorkingCalendar, new: WorkingCalendar) -> datetime | None:
    """The same end of day by other hours; None for a moment that is no end of day. A day that is free now gives way
    to the working day before it in its week, else to the next one."""
    day = old.local_day(due_at)
    if old.end_of_day(day) != due_at:
        return None
    for back in range(day.isoweekday()):
        if (end := new.end_of_day(day - back * DAY)) is not None:
            return end
    try:
        return new.end_of_day(new.first_working_day(day))
    except NoWorkingTime:
        return None
