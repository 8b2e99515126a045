"""What people took upon themselves for their weeks and this month, and what the model said then and last night."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.db.models import Count

from accounts.models import Team, User
from accounts.roles import Role
from accounts.scope import subtree
from dashboards.choices import PeriodKind
from dashboards.committing import commit
from dashboards.days import begin
from dashboards.forecasting.runs import recount
from dashboards.loading import count_desks
from dashboards.wins import win_of
from funnel.figures.days import midnight
from funnel.models import Funnel, Passage, Stage

WEEKS_BACK, RUNS_BACK = 3, (7, 0)
SELLERS = ("owner", "owner2", "pak", "volkova", "kim", "ergashev")
LATE = "kim"
MORNING = time(9, 40)
AMBITION = 1.15
"""People promise a little more than the month before brought."""


def give(people: Mapping[str, User], at: datetime) -> None:
    """Commitments at the hour when they were due, one of them two days late; then the runs and a count of desks."""
    agents = Funnel.objects.get(code="agent")
    win = win_of(agents.pk)
    if win is None:
        return
    for code in SELLERS:
        _of_person(people[code], agents, win, at, late=code == LATE)
    for head in (people["head"], people["azimova"]):
        _of_team(head, agents, win, at)
    for days in RUNS_BACK:
        recount(at=at - timedelta(days=days))
    count_desks(at=at)


def _of_person(user: User, agents: Funnel, win: Stage, at: datetime, *, late: bool) -> None:
    today = at.astimezone(user.zone).date()
    month, week = begin(PeriodKind.MONTH, today), begin(PeriodKind.WEEK, today)
    usual = _brought(win, month, owner=user)
    _say(user, agents, PeriodKind.MONTH, month, at, round(usual * AMBITION) or 1)
    for back in range(WEEKS_BACK, -1, -1):
        monday = week - timedelta(weeks=back)
        _say(user, agents, PeriodKind.WEEK, monday, at, max(1, round(usual / 4)), days=2 if late and not back else 0)


def _of_team(head: User, agents: Funnel, win: Stage, at: datetime) -> None:
    month = begin(PeriodKind.MONTH, at.astimezone(head.zone).date())
    usual = _brought(win, month, team=head.team) if head.role == Role.SALES_HEAD else 0
    _say(head, agents, PeriodKind.MONTH, month, at, round(usual * AMBITION) or 1, team=head.team)


def _say(
    user: User, agents: Funnel, period: str, first: date, at: datetime, count: int, *, days: int = 0,
    team: Team | None = None,
) -> None:  # fmt: skip
    """In the morning of the period's first day, or some days later; not after now."""
    moment = datetime.combine(first + timedelta(days=days), MORNING, user.zone)
    commit(
        by=user, at=min(moment, at), period=period, starts_on=first, funnel_id=agents.pk, count=count, team=team
    )  # fmt: skip


def _brought(win: Stage, month: date, *, owner: User | None = None, team: Team | None = None) -> int:
    """Contracts of the four weeks before the month, by the owner or the branch of that time."""
    rows = Passage.objects.filter(stage=win, entered_at__lt=midnight(month))
    rows = rows.filter(entered_at__gte=midnight(month - timedelta(days=28)))
    whose = {"owner_id": owner.pk} if owner else {"team_id__in": sorted(subtree(team.pk)) if team else []}
    return int(rows.filter(**whose).aggregate(n=Count("pk"))["n"])
