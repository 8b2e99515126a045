"""Numbers of the plan with the addresses that open them and the words beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from backlog.choices import GoalStatus
from backlog.metrics import METRICS
from backlog.models import Goal
from funnel.models import Stage
from plans.models import LeadPlan
from plans.week import Cell, PlanWeek, Row
from web import formats
from web.plans.asking import Asked
from web.ui.registry import language

Standing = Mapping[tuple[UUID, str], Goal]


@dataclass(frozen=True, slots=True)
class Number:
    """``typed`` is what a refused form brought, else the target as it stands."""

    cell: Cell
    url: str
    typed: str
    pace: str

    @property
    def key(self) -> str:
        return str(self.cell.stage.pk)


@dataclass(frozen=True, slots=True)
class Line:
    row: Row
    numbers: list[Number]
    remarks: list[str]
    goals: list[tuple[Stage, int, str, bool]]
    """Targets that a goal can count: the stage, the number, where to press or go, whether the goal stands."""
    refused: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What a row's form could not save, and what was typed into it."""

    row: str
    text: str
    typed: dict[str, str]
    fields: frozenset[str] = frozenset()


def lines_of(found: PlanWeek, asked: Asked, refused: Refused | None = None) -> list[Line]:
    standing = standing_goals([row.plan for row in found.rows], asked.user)
    mine = {refused.row: refused} if refused else {}
    return [_line(row, asked, standing, mine.get(str(row.plan.pk))) for row in found.rows]


def _line(row: Row, asked: Asked, standing: Standing, refused: Refused | None) -> Line:
    narrowed = {"segment": str(row.plan.segment_id), "owner": str(row.plan.owner_id)}
    typed = refused.typed if refused else {}
    numbers = [number_of(cell, asked.rows(cell.stage, **narrowed), typed.get(str(cell.stage.pk))) for cell in row.cells]
    return Line(row, numbers, remarks_of(row), _goals(row, standing, asked), refused.text if refused else "")


def _goals(row: Row, standing: Standing, asked: Asked) -> list[tuple[Stage, int, str, bool]]:
    found = []
    for cell in row.cells:
        if not cell.target or cell.stage.code not in METRICS:
            continue
        known = standing.get((row.plan.pk, cell.stage.code))
        press = reverse("plans:goal", args=[row.plan.pk, cell.stage.code]) + asked.query()
        found.append((cell.stage, cell.target, goal_url(known, row.plan) if known else press, known is not None))
    return found


def goal_url(goal: Goal, plan: LeadPlan) -> str:
    return f"{reverse('week:page', args=[plan.code])}?owner={plan.owner_id}#goal-{goal.pk}"


def standing_goals(plans: Iterable[LeadPlan], user: User) -> Standing:
    """Goals that count what a number of these rows counts, by the row's id and the stage's code. One query."""
    by_place = {(plan.owner_id, plan.week, plan.segment_id): plan.pk for plan in plans}
    owners, weeks = {place[0] for place in by_place}, {place[1] for place in by_place}
    rows = Goal.objects.visible_to(user).for_list().exclude(status=GoalStatus.DROPPED)
    rows = rows.filter(owner__in=owners, sprint__starts_on__in=weeks)
    places = ((by_place.get((row.owner_id, row.sprint.starts_on, row.segment_id)), row) for row in rows)
    return {(plan_pk, row.metric): row for plan_pk, row in places if plan_pk is not None}


def number_of(cell: Cell, url: str, typed: str | None = None) -> Number:
    now = "" if cell.target is None else str(cell.target)
    pace = "" if cell.pace is None or cell.reached else formats.number(round(cell.pace, 1), language())
    return Number(cell, url if cell.fact else "", now if typed is None else typed, pace.removesuffix(",0"))


def totals_of(found: PlanWeek, asked: Asked) -> list[Number]:
    """A sum has no address of its own where other segments were worked as well: their rows open one by one."""
    whole = not any(found.outside)
    return [number_of(cell, asked.rows(cell.stage) if whole else "") for cell in found.total]


def remarks_of(row: Row) -> list[str]:
    """What a reader must know to trust the row."""
    plan, first = row.plan, row.cells[0] if row.cells else None
    said = []
    if row.moved:
        team = plan.team.name if plan.team else _("без команды")
        text = _("План составлен в команде «%(team)s», сейчас владелец в другой: факт каждой команды остаётся у неё.")
        said.append(text % {"team": team})
    if plan.reach is not None and first is not None and first.target is not None and first.target > plan.reach:
        known = {"reach": formats.number(plan.reach, language()), "n": formats.number(first.target, language())}
        said.append(_("План %(n)s больше охвата %(reach)s: столько людей в сегменте нет.") % known)
    return said
