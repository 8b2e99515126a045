"""When it rings: for each subject a chain of rings, of which one at a time waits. No database here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from notifications.choices import ReminderKind
from notifications.wall import face_of, moment_of
from worktime.calendar import DAY, WorkingCalendar

AHEAD = timedelta(minutes=15)
AHEAD_OF_ACTION = timedelta(hours=1)
AHEAD_OF_MEETING = timedelta(minutes=30)
AHEAD_OF_PROMISE = 3 * DAY
EVE = time(18)
LONGEST_REST = 14
"""Days by which a ring is moved back to find a working one; after so long a rest it keeps its own day."""


@dataclass(frozen=True, slots=True)
class Ring:
    """``wall_at`` and ``zone`` are given where the ring follows a person's day and not the clock of the subject."""

    kind: ReminderKind
    due_at: datetime
    wall_at: str = ""
    zone: str = ""


Chain = Sequence[Ring]


def of_step(step_at: datetime) -> Chain:
    return Ring(ReminderKind.STEP, step_at - AHEAD), Ring(ReminderKind.STEP_OVERDUE, step_at)


def of_action(due_at: datetime) -> Chain:
    return Ring(ReminderKind.ACTION, due_at - AHEAD_OF_ACTION), Ring(ReminderKind.ACTION_OVERDUE, due_at)


def of_slot(slot_at: datetime) -> Chain:
    return (Ring(ReminderKind.SLOT, slot_at - AHEAD),)


def of_meeting(planned_at: datetime, calendar: WorkingCalendar) -> Chain:
    """On the evening of the last working day before, and half an hour ahead."""
    eve = _working_day_until(calendar.local_day(planned_at) - DAY, calendar)
    end = calendar.end_of_day(eve)
    evening = moment_of(eve, EVE, calendar.zone)
    return (
        _by_the_clock(ReminderKind.MEETING_EVE, min(evening, end) if end else evening, calendar),
        Ring(ReminderKind.MEETING_SOON, planned_at - AHEAD_OF_MEETING),
    )


def of_promise(due_on: date, calendar: WorkingCalendar) -> Chain:
    """On the morning three days before, and on the day; a free day's ring comes on the working day before it."""
    rings = [
        _by_the_clock(kind, _morning(_working_day_until(day, calendar), calendar), calendar)
        for kind, day in (
            (ReminderKind.PROMISE_AHEAD, due_on - AHEAD_OF_PROMISE),
            (ReminderKind.PROMISE_DAY, due_on),
        )
    ]
    return rings[1:] if rings[0].due_at == rings[1].due_at else rings


def moment_of_day(day: date) -> datetime:
    """What a reminder keeps as its moment where the subject knows only a date."""
    return datetime.combine(day, time.min, UTC)


def ahead(chain: Chain, at: datetime, moment: datetime) -> list[Ring]:
    """The rings that can still ring when the subject is planned at ``at``: what has passed does not any more.

    A step that is nearer than its ring is rung for at once.
    """
    return [
        ring if ring.due_at > at else Ring(ring.kind, at)
        for ring in chain
        if ring.due_at > at or (ring.kind == ReminderKind.STEP and moment > at)
    ]


def following(chain: Chain, kind: str) -> Ring | None:
    """The ring that comes after this one."""
    kinds = [ring.kind for ring in chain]
    after = kinds.index(ReminderKind(kind)) + 1 if kind in kinds else len(kinds)
    return chain[after] if after < len(chain) else None


def _working_day_until(day: date, calendar: WorkingCalendar) -> date:
    days = (day - back * DAY for back in range(LONGEST_REST))
    return next((one for one in days if calendar.windows(one)), day)


def _morning(day: date, calendar: WorkingCalendar) -> datetime:
    windows = calendar.windows(day)
    return windows[0][0] if windows else moment_of(day, calendar.start, calendar.zone)


def _by_the_clock(kind: ReminderKind, due_at: datetime, calendar: WorkingCalendar) -> Ring:
    return Ring(kind, due_at, face_of(due_at, calendar.zone), calendar.zone.key)
