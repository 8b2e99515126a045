"""The plan of signed contracts for a week or a month: the first of these that anybody gave, and whose it is.

1. What the team committed itself to; 2. the sum of what its people did; 3. weekly lead plans; 4. goals of weeks that
count signed contracts. Weekly ones make a month's plan of the weeks that begin in it; the plan then covers their days,
and so does the pace. Sources are never added to one another: they speak of the same contracts.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Max, Min, Q, Sum

from backlog.choices import GoalStatus
from backlog.models import Goal
from dashboards.days import end
from dashboards.models import Commitment
from dashboards.querysets import CommitmentQuerySet
from funnel.audience import Audience
from funnel.models import Funnel, Stage
from plans.selectors import planned

WEEK = timedelta(days=7)


class Source(StrEnum):
    TEAM = "team"
    PEOPLE = "people"
    LEAD_PLANS = "lead_plans"
    GOALS = "goals"


@dataclass(frozen=True, slots=True)
class Plan:
    """``people`` are those who gave it. ``margins`` by currency, of commitments alone."""

    source: Source
    first: date
    last: date
    count: Decimal | None
    people: int
    margins: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanQuery:
    """``owner_id`` narrows to one person, whose plan is his own word."""

    audience: Audience
    funnel: Funnel
    win: Stage
    period: str
    starts_on: date
    owner_id: UUID | None = None

    @property
    def last(self) -> date:
        return end(self.period, self.starts_on)

    @property
    def weeks(self) -> list[date]:
        """Mondays of the weeks that begin in the period."""
        monday = self.starts_on + timedelta(days=-self.starts_on.weekday() % 7)
        found = []
        while monday <= self.last:
            found.append(monday)
            monday += WEEK
        return found


def plan_for(query: PlanQuery) -> Plan | None:
    """None where nobody planned. At most five queries."""
    return _team(query) or _people(query) or _lead_plans(query) or _goals(query)


def commitments(query: PlanQuery) -> list[Commitment]:
    """What people of the audience took upon themselves for the period, with their names."""
    rows = _said(query).filter(_whose(query), user__isnull=False)
    return list(rows.select_related("user").order_by("user__name", "pk"))


def committed(query: PlanQuery, starts: Collection[date]) -> dict[date, int]:
    """Contracts taken upon for each of these periods, by its first day: the team's own word, else the sum of its
    people's. Two queries."""
    rows = Commitment.objects.filter(
        period=query.period, starts_on__in=list(starts), funnel=query.funnel, count__isnull=False
    )
    people = rows.filter(_whose(query), user__isnull=False).values_list("starts_on").annotate(total=Sum("count"))
    found = dict(people.order_by())
    if query.audience.node_id is not None and query.owner_id is None:
        found |= dict(rows.filter(user=None, team_id=query.audience.node_id).values_list("starts_on", "count"))
    return found


def team_commitment(query: PlanQuery) -> Commitment | None:
    """That of the node itself."""
    team_id = query.audience.node_id
    if team_id is None or query.owner_id is not None:
        return None
    found: Commitment | None = _said(query).filter(user=None, team_id=team_id).select_related("by", "team").first()
    return found


def _said(query: PlanQuery) -> CommitmentQuerySet:
    found: CommitmentQuerySet = Commitment.objects.of_period(query.period, query.starts_on).filter(funnel=query.funnel)
    return found


def _whose(query: PlanQuery) -> Q:
    if query.owner_id is not None:
        return Q(user_id=query.owner_id)
    audience = query.audience
    if audience.everything:
        return Q()
    mine = Q(user_id=audience.owner_id) if audience.owner_id else Q(pk__in=[])
    return mine | Q(team_id__in=sorted(audience.team_ids))


def _team(query: PlanQuery) -> Plan | None:
    found = team_commitment(query)
    return None if found is None else _of_commitments(query, Source.TEAM, [found])


def _people(query: PlanQuery) -> Plan | None:
    found = commitments(query)
    return _of_commitments(query, Source.PEOPLE, found) if found else None


def _of_commitments(query: PlanQuery, source: Source, rows: Collection[Commitment]) -> Plan:
    counts = [row.count for row in rows if row.count is not None]
    margins: dict[str, Decimal] = {}
    for row in rows:
        if row.margin is not None:
            margins[row.currency] = margins.get(row.currency, Decimal(0)) + row.margin
    total = Decimal(sum(counts)) if counts else None
    return Plan(source, query.starts_on, query.last, total, len(rows), margins)


def _lead_plans(query: PlanQuery) -> Plan | None:
    owners = None if query.owner_id is None else [query.owner_id]
    rows = planned(audience=query.audience, weeks=query.weeks, stage_ids=[query.win.pk], owner_ids=owners)
    if not rows:
        return None
    weeks = [row.week for row in rows]
    return Plan(
        Source.LEAD_PLANS, min(weeks), max(weeks) + WEEK - timedelta(days=1), Decimal(sum(row.target for row in rows)),
        len({row.owner_id for row in rows}),
    )  # fmt: skip


def _goals(query: PlanQuery) -> Plan | None:
    """Goals whose metric is the win; those of no segment are of agents."""
    about = Q(segment__kind=query.funnel.kind)
    if query.funnel.kind == "agent":
        about |= Q(segment__isnull=True)
    rows = Goal.objects.filter(
        query.audience.q, about, metric=query.win.code, status=GoalStatus.ACTIVE, sprint__starts_on__in=query.weeks
    )
    if query.owner_id is not None:
        rows = rows.filter(owner_id=query.owner_id)
    found = rows.order_by().aggregate(
        target=Sum("target"), people=Count("owner", distinct=True), first=Min("sprint__starts_on"),
        last=Max("sprint__starts_on"),
    )  # fmt: skip
    if found["target"] is None:
        return None
    last = found["last"] + WEEK - timedelta(days=1)
    return Plan(Source.GOALS, found["first"], last, found["target"], found["people"])
