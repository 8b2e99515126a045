"""«Мой день»: one ranked list of what to do next, made of planned actions and of leads that earn the most.

The order is the same for the same state, and each line says why it stands where it does. First what is pinned, then
what is overdue, a slot within the hour, the priority (one's own, else the engine's), a promised value that falls due,
a stale stage, a goal behind its pace; among equals the expected margin per hour; last the id.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Q, Value

from accounts.models import User
from backlog.choices import ActionStatus, Priority
from backlog.daylines import ActionLine, LeadLine, actions_of, leads_of, unplanned
from backlog.models import Action, Goal
from backlog.progress import Progress, progress_of
from common.prepared import Prepared
from leads.querysets import NO_STEP, overdue_q
from worktime.calendar import WorkingCalendar

SOON = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the day. ``action`` or ``lead`` (or both) stand behind it; ``score`` is margin per hour of effort."""

    action: ActionLine | None
    lead: LeadLine | None
    priority: int
    due_at: datetime | None
    slot_at: datetime | None
    score: float
    late: timedelta | None
    soon: bool
    promised_on: date | None
    stale: tuple[int, int] | None
    behind: Progress | None

    @property
    def key(self) -> str:
        """Names the line in addresses and on the page."""
        return f"{'a' if self.action else 'l'}{self.id.hex}" if self.id else ""

    @property
    def id(self) -> UUID | None:
        return self.action.pk if self.action else self.lead.pk if self.lead else None

    @property
    def pinned(self) -> bool:
        return self.action is not None and self.action.pinned

    @property
    def own(self) -> bool:
        """Whether the priority is the person's own choice."""
        return self.action is not None and self.action.priority_own

    @property
    def place(self) -> tuple[Any, ...]:
        return (
            not self.pinned, self.late is None, not self.soon, self.priority, self.promised_on is None,
            self.stale is None, self.behind is None, -self.score, self.id,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """Actions and steps, not leads; ``no_step`` are open leads without one."""

    overdue: int
    today: int
    no_step: int
    done: int

    @property
    def planned(self) -> int:
        return self.done + self.today + self.overdue


@dataclass(frozen=True, slots=True)
class Day:
    items: Sequence[Item]
    slots: Sequence[Item]
    goals: Sequence[tuple[Goal, Progress]]
    counts: Counts
    calendar: WorkingCalendar


def day_of(owner: User, at: datetime, calendar: WorkingCalendar) -> Day:
    """The owner's day as of ``at``: six queries, whatever the number of his leads."""
    start, end = bounds(calendar, at)
    goals = list(Goal.objects.select_related("sprint").filter(_this_week(owner, calendar.local_day(at))))
    progress = progress_of(goals, at, {owner.pk: calendar})
    leads = leads_of(owner, at, start, end)
    actions = actions_of(owner, at, start, end, calendar)
    items = sorted(_merge(actions, leads, progress, at), key=lambda item: item.place)
    slots = sorted((i for i in items if i.slot_at and start <= i.slot_at < end), key=lambda i: (i.slot_at, i.id))
    return Day(items, slots, [(goal, progress[goal.pk]) for goal in goals], counts_of(owner, at, start, end), calendar)


def bounds(calendar: WorkingCalendar, at: datetime) -> tuple[datetime, datetime]:
    """The owner's calendar day around a moment, midnight to midnight in his zone."""
    here = at.astimezone(calendar.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return here, (here + timedelta(days=1, hours=2)).replace(hour=0)


def counts_of(owner: User, at: datetime, start: datetime, end: datetime) -> Counts:
    """What the head of the page and the badge in the menu say. One query."""
    rows = _COUNTS.rows(owner=owner.pk, at=at, start=start, end=end)
    (_actions, late, due, done), (_steps, late_steps, due_steps, none) = sorted(rows)
    return Counts(late + late_steps, due + due_steps, none, done)


def _counts(owner: Any, at: Any, start: Any, end: Any) -> Any:
    steps = unplanned(owner).order_by().values_list(_label("steps"))
    steps = steps.annotate(
        late=Count("pk", filter=overdue_q(at)),
        due=Count("pk", filter=Q(next_action_at__gte=at, next_action_at__lt=end)),
        other=Count("pk", filter=NO_STEP),
    )
    open_ = Q(status=ActionStatus.PLANNED, sprint__isnull=False)
    today = Q(due_at__gte=at, due_at__lt=end) | Q(due_at__gte=at, slot_at__gte=start, slot_at__lt=end)
    done = Q(status=ActionStatus.DONE, done_at__gte=start, done_at__lt=end)
    rows = Action.objects.filter(open_ | done, owner=owner).order_by().values_list(_label("actions"))
    return rows.annotate(
        late=Count("pk", filter=open_ & Q(due_at__lt=at)),
        due=Count("pk", filter=open_ & today),
        other=Count("pk", filter=done),
    ).union(steps, all=True)


def _label(word: str) -> Value:
    return Value(word, output_field=CharField())


_COUNTS = Prepared(_counts, owner=UUID, at=datetime, start=datetime, end=datetime)


def _this_week(owner: User, day: date) -> Q:
    monday = day - timedelta(days=day.weekday())
    return Q(owner=owner, sprint__starts_on=monday, status="active")


def _merge(
    actions: Iterable[ActionLine], leads: Iterable[LeadLine], progress: Mapping[UUID, Progress], at: datetime
) -> Iterable[Item]:
    taken = {action.lead.pk for action in actions if action.lead}
    yield from (_of_action(action, progress, at) for action in actions)
    yield from (_of_lead(lead, at) for lead in leads if lead.pk not in taken)


def _of_action(action: ActionLine, progress: Mapping[UUID, Progress], at: datetime) -> Item:
    lead, goal = action.lead, progress.get(action.goal_id) if action.goal_id else None
    return Item(
        action=action,
        lead=lead,
        priority=action.priority,
        due_at=action.due_at,
        slot_at=action.slot_at,
        score=(lead.score if lead else action.score) or 0.0,
        late=at - action.due_at if action.due_at < at else None,
        soon=_soon(action.slot_at, action.minutes, at),
        promised_on=lead.promised_on if lead else None,
        stale=lead.stale(at) if lead else None,
        behind=goal if goal is not None and goal.behind else None,
    )


def _of_lead(lead: LeadLine, at: datetime) -> Item:
    step = lead.next_action_at
    return Item(
        action=None,
        lead=lead,
        priority=Priority.WEEK if lead.proposed is None else lead.proposed,
        due_at=step,
        slot_at=step,
        score=lead.score or 0.0,
        late=at - step if step is not None and step < at else None,
        soon=_soon(step, 0, at),
        promised_on=lead.promised_on,
        stale=lead.stale(at),
        behind=None,
    )


def _soon(slot: datetime | None, minutes: int, at: datetime) -> bool:
    """Begins within the hour, or is running."""
    return slot is not None and at - timedelta(minutes=minutes) <= slot <= at + SOON
