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

from django.db.models import Case, Count, DateField, Exists, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import User
from agents.choices import ContactType
from agents.models import Contact
from backlog.choices import ActionStatus, Priority
from backlog.models import Action, Goal
from backlog.progress import Progress, progress_of
from leads.models import Lead, ValuePromise
from leads.querysets import NO_STEP, OPEN, overdue_q
from worktime.calendar import NoWorkingTime, WorkingCalendar
from worktime.due import due_for

SOON = timedelta(minutes=60)
PROMISE_AHEAD = timedelta(days=7)
SCORED, DUE, PLANNED = 30, 40, 60
_LEAD = ("next_action", "next_action_at", "stage_entered_at", "version", "party__name", "party__kind")
_BESIDE = ("stage__norm_hours", "score__score", "score__proposed", "score__rank")
LEAD_COLUMNS = (*_LEAD, *_BESIDE)
ACTION_COLUMNS = (
    "title", "kind", "priority", "priority_own", "priority_reason", "pinned", "due_at", "slot_at", "minutes", "version",
    "goal", "score__score", "party__name", "party__kind", *(f"lead__{name}" for name in LEAD_COLUMNS),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the day. ``action`` or ``lead`` (or both) stand behind it; ``score`` is margin per hour of effort."""

    action: Action | None
    lead: Lead | None
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
    """The owner's day as of ``at``: eight queries, whatever the number of his leads."""
    start, end = bounds(calendar, at)
    goals = list(Goal.objects.for_list().filter(_this_week(owner, calendar.local_day(at))))
    progress = progress_of(goals, at, {owner.pk: calendar})
    leads = _leads(owner, at, end, start)
    actions = _actions(owner, at, end, start, _horizon(calendar, at, end, start))
    items = sorted(_merge(actions, leads, progress, at), key=lambda item: item.place)
    slots = sorted((i for i in items if i.slot_at and start <= i.slot_at < end), key=lambda i: (i.slot_at, i.id))
    return Day(items, slots, [(goal, progress[goal.pk]) for goal in goals], counts_of(owner, at, start, end), calendar)


def bounds(calendar: WorkingCalendar, at: datetime) -> tuple[datetime, datetime]:
    """The owner's calendar day around a moment, midnight to midnight in his zone."""
    here = at.astimezone(calendar.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return here, (here + timedelta(days=1, hours=2)).replace(hour=0)


def counts_of(owner: User, at: datetime, start: datetime, end: datetime) -> Counts:
    """What the head of the page and the badge in the menu say. Two queries."""
    open_ = Q(status=ActionStatus.PLANNED, sprint__isnull=False)
    steps = _bare(owner).aggregate(
        late=Count("pk", filter=overdue_q(at)),
        due=Count("pk", filter=Q(next_action_at__gte=at, next_action_at__lt=end)),
        none=Count("pk", filter=NO_STEP),
    )
    today = Q(due_at__gte=at, due_at__lt=end) | Q(due_at__gte=at, slot_at__gte=start, slot_at__lt=end)
    done = Q(status=ActionStatus.DONE, done_at__gte=start, done_at__lt=end)
    rows = Action.objects.filter(open_ | done, owner=owner)
    acts = rows.aggregate(
        late=Count("pk", filter=open_ & Q(due_at__lt=at)),
        due=Count("pk", filter=open_ & today),
        done=Count("pk", filter=done),
    )
    return Counts(acts["late"] + steps["late"], acts["due"] + steps["due"], steps["none"], acts["done"])


def _this_week(owner: User, day: date) -> Q:
    monday = day - timedelta(days=day.weekday())
    return Q(owner=owner, sprint__starts_on=monday, status="active")


def _phone(party: str) -> Subquery:
    phones = Contact.objects.filter(party_id=OuterRef(party), type__in=[ContactType.PHONE, ContactType.WHATSAPP])
    return Subquery(phones.order_by("-preferred", "id").values("key")[:1])


def _promised(lead: str, start: datetime) -> Subquery:
    """The nearest promise of value that falls due within a week; one that was kept is weeded out by the card."""
    due = ValuePromise.objects.filter(lead_id=OuterRef(lead), due_on__lte=(start + PROMISE_AHEAD).date())
    unmeasured = due.filter(measurements__isnull=True)
    return Subquery(
        unmeasured.order_by().values("lead_id").annotate(day=Min("due_on")).values("day"), output_field=DateField()
    )


def _horizon(calendar: WorkingCalendar, at: datetime, end: datetime, start: datetime) -> datetime:
    """The end of the week; after its last working hour what is put down «for today» is due on the next working day."""
    week_end = end + timedelta(days=6 - start.weekday())
    try:
        return max(week_end, due_for(Priority.TODAY, at, calendar) + timedelta(seconds=1))
    except NoWorkingTime:
        return week_end


def _actions(owner: User, at: datetime, end: datetime, start: datetime, horizon: datetime) -> list[Action]:
    """Open actions that ask for something now: due before the horizon, pinned, or in a slot of today.

    Of more than the page could hold those come that the order of the day puts first.
    """
    asks = Q(due_at__lt=horizon) | Q(pinned=True) | Q(slot_at__gte=start, slot_at__lt=end)
    rows = Action.objects.open().filter(asks, owner=owner).exclude(sprint=None, pinned=False)
    rows = rows.select_related("party", "score", "lead__party", "lead__stage", "lead__score").only(*ACTION_COLUMNS)
    rows = rows.annotate(phone=_phone("party"), promised_on=_promised("lead", start), late=_passed("due_at", at))
    earns = Coalesce("lead__score__score", "score__score")
    first = ("-pinned", "-late", "priority", earns.desc(nulls_last=True), "due_at", "pk")
    return list(rows.order_by(*first)[:PLANNED])


def _passed(column: str, at: datetime) -> Case:
    return Case(When(**{f"{column}__lt": at}, then=Value(1)), default=Value(0))


def _bare(owner: User) -> Any:
    """The owner's open leads that no open action plans: their own step speaks for them, and is counted once."""
    planned = Action.objects.filter(lead_id=OuterRef("pk"), status=ActionStatus.PLANNED)
    return Lead.objects.filter(OPEN, ~Exists(planned), owner=owner)


def _leads(owner: User, at: datetime, end: datetime, start: datetime) -> list[Lead]:
    """Leads whose step is due, and those that the engine puts highest. One query."""
    due = _bare(owner).filter(next_action_at__lt=end).annotate(late=_passed("next_action_at", at))
    due = due.order_by("-late", "score__proposed", "score__rank", "pk").values("pk")[:DUE]
    ranked = Lead.objects.filter(OPEN, owner=owner, score__isnull=False)
    best = ranked.order_by("score__rank", "pk").values("pk")[:SCORED]
    # A union, since an OR of the two would have the planner read the whole table of leads.
    rows = _bare(owner).filter(pk__in=due.union(best)).select_related("party", "stage", "score")
    return list(rows.only(*LEAD_COLUMNS).annotate(phone=_phone("party"), promised_on=_promised("pk", start)))


def _merge(
    actions: Iterable[Action], leads: Iterable[Lead], progress: Mapping[UUID, Progress], at: datetime
) -> Iterable[Item]:
    taken: set[UUID] = set()
    for action in actions:
        if action.lead_id is not None:
            taken.add(action.lead_id)
        yield _of_action(action, progress, at)
    yield from (_of_lead(lead, at) for lead in leads if lead.pk not in taken)


def _of_action(action: Any, progress: Mapping[UUID, Progress], at: datetime) -> Item:
    lead, goal = action.lead, progress.get(action.goal_id)
    return Item(
        action=action,
        lead=lead,
        priority=action.priority,
        due_at=action.due_at,
        slot_at=action.slot_at,
        score=_score(lead) if lead else _score(action),
        late=at - action.due_at if action.due_at < at else None,
        soon=_soon(action.slot_at, action.minutes, at),
        promised_on=action.promised_on,
        stale=_stale(lead, at) if lead else None,
        behind=goal if goal is not None and goal.behind else None,
    )


def _of_lead(lead: Any, at: datetime) -> Item:
    step = lead.next_action_at
    return Item(
        action=None,
        lead=lead,
        priority=lead.score.proposed if _scored(lead) else Priority.WEEK,
        due_at=step,
        slot_at=step,
        score=_score(lead),
        late=at - step if step is not None and step < at else None,
        soon=_soon(step, 0, at),
        promised_on=lead.promised_on,
        stale=_stale(lead, at),
        behind=None,
    )


def _scored(lead: Any) -> bool:
    return getattr(lead, "score", None) is not None


def _score(lead: Any) -> float:
    return float(lead.score.score) if _scored(lead) else 0.0


def _soon(slot: datetime | None, minutes: int, at: datetime) -> bool:
    """Begins within the hour, or is running."""
    return slot is not None and at - timedelta(minutes=minutes) <= slot <= at + SOON


def _stale(lead: Lead, at: datetime) -> tuple[int, int] | None:
    """Days on the stage and the norm, where the norm is passed."""
    norm, days = lead.stage.norm_days, (at - lead.stage_entered_at).days
    return (days, norm) if norm is not None and days > norm else None
