"""What a day's list is made of: open actions that ask for something now, and leads whose step is due or that earn most.

Two queries, kept ready-made, and plain tuples out of them: of a hundred and thirty rows the page shows ten.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, DateField, Exists, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import User
from agents.choices import ContactType
from agents.models import Contact
from backlog.choices import ActionStatus, Priority
from backlog.models import Action
from common.prepared import Prepared
from funnel.models import Stage
from leads.models import Lead, ValuePromise
from leads.querysets import OPEN
from worktime.calendar import NoWorkingTime, WorkingCalendar
from worktime.due import due_for

PROMISE_AHEAD = timedelta(days=7)
SCORED, DUE, PLANNED = 30, 40, 60


class LeadLine(NamedTuple):
    """An open lead as a line needs it; ``norm_hours`` are its stage's, ``score`` and ``proposed`` the engine's."""

    pk: UUID
    name: str
    version: int
    next_action: str
    next_action_at: datetime | None
    stage_entered_at: datetime
    norm_hours: int | None
    score: float | None
    proposed: int | None
    phone: str | None
    promised_on: date | None

    def stale(self, at: datetime) -> tuple[int, int] | None:
        """Days on the stage and the norm, where the norm is passed."""
        norm, days = _norm_days(self.norm_hours), (at - self.stage_entered_at).days
        return (days, norm) if norm is not None and days > norm else None


class ActionLine(NamedTuple):
    """A planned action; ``name`` and ``phone`` are those of its own party, ``lead`` is the lead behind it."""

    pk: UUID
    title: str
    priority: int
    priority_own: bool
    priority_reason: str
    pinned: bool
    due_at: datetime
    slot_at: datetime | None
    minutes: int
    version: int
    goal_id: UUID | None
    score: float | None
    name: str | None
    party_id: UUID | None
    phone: str | None
    lead: LeadLine | None


_LEAD = (
    "pk", "party__name", "version", "next_action", "next_action_at", "stage_entered_at",
    "stage__norm_hours", "score__score", "score__proposed",
)  # fmt: skip
_ACTION = (
    "pk", "title", "priority", "priority_own", "priority_reason", "pinned", "due_at", "slot_at", "minutes", "version",
    "goal_id", "score__score", "party__name", "party_id",
)  # fmt: skip


def leads_of(owner: User, at: datetime, start: datetime, end: datetime) -> list[LeadLine]:
    """Leads whose step is due before ``end``, and those that the engine puts highest; none that an action plans."""
    return list(map(LeadLine._make, _LEADS.rows(owner=owner.pk, at=at, end=end, promised=_ahead(start))))


def actions_of(
    owner: User, at: datetime, start: datetime, end: datetime, calendar: WorkingCalendar
) -> list[ActionLine]:
    """Open actions that ask for something now: due before the horizon, pinned, or in a slot of today.

    Of more than the page could hold those come that the order of the day puts first.
    """
    horizon = _horizon(calendar, at, end, start)
    rows = _ACTIONS.rows(owner=owner.pk, at=at, start=start, end=end, horizon=horizon, promised=_ahead(start))
    own = len(_ACTION) + 1
    return [ActionLine._make((*row[:own], _behind(row[own:], row[own - 1]))) for row in rows]


def unplanned(owner: Any) -> "QuerySet[Lead]":
    """The owner's open leads that no open action plans: their own step speaks for them, and is counted once."""
    planned = Action.objects.filter(lead_id=OuterRef("pk"), status=ActionStatus.PLANNED)
    return Lead.objects.filter(OPEN, ~Exists(planned), owner=owner)


@lru_cache
def _norm_days(hours: int | None) -> int | None:
    return Stage(norm_hours=hours).norm_days


def _behind(values: tuple[Any, ...], phone: str | None) -> LeadLine | None:
    return LeadLine._make((*values[:-1], phone, values[-1])) if values[0] is not None else None


def _ahead(start: datetime) -> date:
    return (start + PROMISE_AHEAD).date()


def _horizon(calendar: WorkingCalendar, at: datetime, end: datetime, start: datetime) -> datetime:
    """The end of the week; after its last working hour what is put down «for today» is due on the next working day."""
    week_end = end + timedelta(days=6 - start.weekday())
    try:
        return max(week_end, due_for(Priority.TODAY, at, calendar) + timedelta(seconds=1))
    except NoWorkingTime:
        return week_end


def _phone(party: str) -> Subquery:
    phones = Contact.objects.filter(party_id=OuterRef(party), type__in=[ContactType.PHONE, ContactType.WHATSAPP])
    return Subquery(phones.order_by("-preferred", "id").values("key")[:1])


def _promised(lead: str, until: date) -> Subquery:
    """The nearest promise of value that falls due by then and was not measured yet."""
    due = ValuePromise.objects.filter(lead_id=OuterRef(lead), due_on__lte=until, measurements__isnull=True)
    days = due.order_by().values("lead_id").annotate(day=Min("due_on")).values("day")
    return Subquery(days, output_field=DateField())


def _late(column: str, at: datetime) -> Case:
    return Case(When(**{f"{column}__lt": at}, then=Value(1)), default=Value(0))


def _actions(owner: Any, at: Any, start: Any, end: Any, horizon: Any, promised: Any) -> Any:
    asks = Q(due_at__lt=horizon) | Q(pinned=True) | Q(slot_at__gte=start, slot_at__lt=end)
    rows = Action.objects.open().filter(asks, owner=owner).exclude(sprint=None, pinned=False)
    earns = Coalesce("lead__score__score", "score__score")
    first = ("-pinned", _late("due_at", at).desc(), "priority", earns.desc(nulls_last=True), "due_at", "pk")
    behind = (f"lead__{name}" for name in _LEAD)
    return rows.order_by(*first).values_list(*_ACTION, _phone("party"), *behind, _promised("lead", promised))[:PLANNED]


def _leads(owner: Any, at: Any, end: Any, promised: Any) -> Any:
    steps = unplanned(owner).filter(next_action_at__lt=end)
    due = steps.order_by(_late("next_action_at", at).desc(), "score__proposed", "score__rank", "pk").values("pk")[:DUE]
    # The owner twice: his scores are found by their own index, and not by reading everybody's.
    ranked = Lead.objects.filter(OPEN, owner=owner, score__owner=owner)
    best = ranked.order_by("score__rank", "pk").values("pk")[:SCORED]
    # A union, since an OR of the two would have the planner read the whole table of leads.
    rows = unplanned(owner).filter(pk__in=due.union(best)).order_by()
    return rows.values_list(*_LEAD, _phone("party"), _promised("pk", promised))


_LEADS = Prepared(_leads, owner=UUID, at=datetime, end=datetime, promised=date)
_ACTIONS = Prepared(
    _actions, owner=UUID, at=datetime, start=datetime, end=datetime, horizon=datetime, promised=date
)  # fmt: skip
