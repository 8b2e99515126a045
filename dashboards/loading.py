"""Load: what lies on each person's desk now, against the hours of his week, and how much of it is late.

Of few people it is counted on the spot; of many it is read from what a job counted last (``LoadRow``). Both come from
one function, by the owner and the team that the work stands with today, so that the list of leads opens the same rows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope, people, scope_of
from backlog.choices import ActionStatus
from backlog.models import Action
from common import clock
from dashboards.choices import PeriodKind
from dashboards.days import begin, day_of
from dashboards.models import LoadRow, LoadRun
from leads.models import Lead
from leads.querysets import OPEN
from worktime.calendar import DAY, WorkingCalendar
from worktime.selectors import calendars_of

AGES = ((0, 1), (1, 4), (4, 8), (8, None))
"""Ages of what is late, in whole days, both ends as counted: under one, 1-3, 4-7, over 7."""
LIVE_PEOPLE = 40
KEEP = timedelta(days=60)
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Desk:
    """Numbers of one person; ``late_leads`` and ``late_actions`` by age (``AGES``). Minutes of this week."""

    leads: int = 0
    actions: int = 0
    minutes: int = 0
    capacity: int = 0
    late_leads: tuple[int, ...] = (0, 0, 0, 0)
    late_actions: tuple[int, ...] = (0, 0, 0, 0)

    @property
    def late(self) -> int:
        return sum(self.late_leads) + sum(self.late_actions)

    @property
    def open(self) -> int:
        return self.leads + self.actions

    @property
    def over(self) -> int:
        """Planned minutes above the capacity; negative where there is room."""
        return self.minutes - self.capacity

    @property
    def ages(self) -> tuple[int, ...]:
        return tuple(leads + actions for leads, actions in zip(self.late_leads, self.late_actions, strict=True))

    def __add__(self, other: "Desk") -> "Desk":
        return Desk(
            self.leads + other.leads, self.actions + other.actions, self.minutes + other.minutes,
            self.capacity + other.capacity, _plus(self.late_leads, other.late_leads),
            _plus(self.late_actions, other.late_actions),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desks:
    """``as_of`` is when they were counted; ``live`` tells that it was this minute."""

    rows: list[tuple[User, Desk]]
    as_of: datetime
    live: bool

    @property
    def total(self) -> Desk:
        return sum((desk for _user, desk in self.rows), Desk())


def desks_for(user: User, at: datetime, team_ids: Collection[UUID] | None = None) -> Desks:
    """The people whom this person looks over, most overloaded first; ``team_ids`` narrows to people of these teams."""
    shown = list(_people(user, team_ids))
    if len(shown) <= LIVE_PEOPLE:
        counted, as_of, live = _live(user, shown, at), at, True
    else:
        counted, as_of, live = *_stored(user, shown, day_of(at), at), False
    rows = [(one, counted.get(one.pk, Desk())) for one in shown]
    rows = [(one, desk) for one, desk in rows if desk.open or one.role not in {Role.AUDITOR, Role.ADMINISTRATOR}]
    rows.sort(key=lambda row: (-row[1].over, -row[1].late, row[0].name))
    return Desks(rows, as_of, live)


def total_now(user: User, at: datetime, team_ids: Collection[UUID] | None = None) -> Desk:
    """The same people's desks as one, without the hours of their week. Of many it costs three queries and no row of a
    person."""
    found = _people(user, team_ids)
    few = list(found[: LIVE_PEOPLE + 1])
    if len(few) <= LIVE_PEOPLE:
        return sum(_live(user, few, at).values(), Desk())
    day = _newest(day_of(at))
    rows = LoadRow.objects.filter(_seen(scope_of(user)), user__in=found.order_by().values("pk"), day=day)
    sums = rows.aggregate(**{name: Sum(name) for name in _COLUMNS})
    return Desk() if sums["leads"] is None else _with_capacity(_desk(sums), 0)


def _people(user: User, team_ids: Collection[UUID] | None) -> "QuerySet[User]":
    found = people(user)
    return found if team_ids is None else found.filter(team_id__in=list(team_ids))


def desk_of(user: User, viewer: User, at: datetime) -> Desk:
    """One person's desk, on the spot."""
    return _live(viewer, [user], at).get(user.pk, Desk())


def total_on(user: User, day: date, team_ids: Collection[UUID] | None = None) -> Desk | None:
    """Everybody's in the reader's sight as a past day left it; None where nobody counted on that day."""
    rows = LoadRow.objects.filter(_seen(scope_of(user)), day=day)
    if team_ids is not None:
        rows = rows.filter(team_id__in=list(team_ids))
    sums = rows.aggregate(**{name: Sum(name) for name in _COLUMNS})
    return None if sums["leads"] is None else _desk(sums)


@transaction.atomic
def count_desks(*, at: datetime) -> int:
    """Count everybody's desk and keep it as that of the day. Returns the rows. Twice is once, by two at once too."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '120s'")
    day = day_of(at)
    counted = _counted(Q(), at)
    users = {user.pk: user for user in User.objects.filter(pk__in={owner for owner, _team in counted})}
    capacity = _capacity(users.values(), at)
    rows = [
        LoadRow(user_id=owner, team_id=team, day=day, **_columns(desk), capacity=capacity.get(owner, 0))
        for (owner, team), desk in counted.items()
    ]
    LoadRun.objects.update_or_create(pk=1, defaults={"finished_at": clock.now()})  # its lock parts two counts
    LoadRow.objects.filter(day=day).delete()
    LoadRow.objects.bulk_create(rows, batch_size=1000)
    LoadRow.objects.filter(day__lt=day - KEEP).delete()
    return len(rows)


def _live(viewer: User, shown: list[User], at: datetime) -> dict[UUID, Desk]:
    """Six queries for any number of people."""
    owners = Q(owner_id__in=[user.pk for user in shown])
    capacity = _capacity(shown, at)
    found: dict[UUID, Desk] = {user.pk: Desk(capacity=capacity[user.pk]) for user in shown}
    for (owner, _team), desk in _counted(owners & scope_of(viewer).q(), at).items():
        found[owner] = found[owner] + desk
    return found


def _stored(viewer: User, shown: list[User], day: date, at: datetime) -> tuple[dict[UUID, Desk], datetime]:
    """What was counted last, today or before it."""
    run = LoadRun.objects.filter(pk=1).first()
    newest = _newest(day)
    found: dict[UUID, Desk] = {}
    rows = LoadRow.objects.filter(_seen(scope_of(viewer)), user_id__in=[user.pk for user in shown])
    for row in rows.filter(day=newest) if newest else ():
        kept = found.get(row.user_id, Desk())
        desk = kept + _desk({name: getattr(row, name) for name in _COLUMNS})
        # The hours of a week are the person's, in however many teams his work stands.
        found[row.user_id] = _with_capacity(desk, row.capacity)
    return found, run.finished_at if run else at


def _newest(day: date) -> date | None:
    """The last day on which desks were counted, this one or before it."""
    return LoadRow.objects.filter(day__lte=day).order_by("-day").values_list("day", flat=True).first()


def _seen(scope: Scope) -> Q:
    return scope.q(owner="user")


def _counted(condition: Q, at: datetime) -> dict[tuple[UUID, UUID | None], Desk]:
    """By owner and team of the work. Two queries."""
    found: dict[tuple[UUID, UUID | None], Desk] = defaultdict(Desk)
    leads = Lead.objects.filter(OPEN, condition, owner__isnull=False).order_by().values_list("owner_id", "team_id")
    ages = [Count("pk", filter=_aged("next_action_at", at, *age)) for age in AGES]
    for owner, team, count, *late in leads.annotate(n=Count("pk"), **_named(ages)):
        found[owner, team] = Desk(leads=count, late_leads=tuple(late))
    monday = begin(PeriodKind.WEEK, day_of(at))
    open_ = Q(status=ActionStatus.PLANNED)
    week = Q(sprint__starts_on=monday) & ~Q(status=ActionStatus.DROPPED)
    actions = Action.objects.filter(open_ | week, condition, sprint__isnull=False).order_by()
    ages = [Count("pk", filter=open_ & _aged("due_at", at, *age)) for age in AGES]
    counts = {"n": Count("pk", filter=open_), "minutes": Sum("minutes", filter=week), **_named(ages)}
    for owner, team, count, minutes, *late in actions.values_list("owner_id", "team_id").annotate(**counts):
        found[owner, team] += Desk(actions=count, minutes=minutes or 0, late_actions=tuple(late))
    return found


def _named(ages: Iterable[Count]) -> dict[str, Any]:
    return {f"late_{place}": count for place, count in enumerate(ages)}


def _aged(column: str, at: datetime, since: int, until: int | None) -> Q:
    """Late by at least ``since`` and less than ``until`` whole days."""
    found = Q(**{f"{column}__lt": at - since * DAY})
    return found if until is None else found & Q(**{f"{column}__gte": at - until * DAY})


def late_between(at: datetime, age: int) -> tuple[datetime | None, datetime]:
    """From when (None: from ever) and until when the moment due of what is late by this age lies, the end left out."""
    since, until = AGES[age]
    return None if until is None else at - until * DAY, at - since * DAY


def _capacity(users: Iterable[User], at: datetime) -> dict[UUID, int]:
    """Working minutes of this week by person. Three queries; calendars that many share are asked once."""
    monday = begin(PeriodKind.WEEK, day_of(at))
    known: dict[WorkingCalendar, int] = {}
    found = {}
    for pk, calendar in calendars_of(users).items():
        if calendar not in known:
            hours = sum((calendar.hours_on(monday + number * DAY) for number in range(_WEEK)), timedelta())
            known[calendar] = hours // timedelta(minutes=1)
        found[pk] = known[calendar]
    return found


_LATE = ("late_leads", "late_actions")
_COLUMNS = (
    "leads", "actions", "minutes", "capacity", *(f"{name}_{since}" for name in _LATE for since, _until in AGES),
)  # fmt: skip


def _columns(desk: Desk) -> dict[str, int]:
    own = {"leads": desk.leads, "actions": desk.actions, "minutes": desk.minutes}
    late = {f"{name}_{AGES[place][0]}": count for name in _LATE for place, count in enumerate(getattr(desk, name))}
    return own | late


def _desk(row: Mapping[str, int]) -> Desk:
    late = [tuple(row[f"{name}_{since}"] for since, _until in AGES) for name in _LATE]
    return Desk(row["leads"], row["actions"], row["minutes"], row["capacity"], *late)


def _with_capacity(desk: Desk, minutes: int) -> Desk:
    kept = {field.name: getattr(desk, field.name) for field in fields(Desk)}
    return Desk(**(kept | {"capacity": minutes}))


def _plus(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(mine + theirs for mine, theirs in zip(one, other, strict=True))
