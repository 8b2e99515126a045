"""The plan of leads for one week as the page shows it: rows of people and segments, a number a stage, plan and fact.

Six queries and those of the calendars, for any number of rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from accounts.access import may_plan
from accounts.models import User
from agents.selectors import sub_segments
from funnel.audience import audience_of
from funnel.models import Stage
from plans.models import LeadPlan, PlanTarget
from plans.selectors import Entered, Planned, entered, without_narrower
from plans.services import is_over
from worktime.calendar import WorkingCalendar
from worktime.selectors import calendars_of

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cell:
    """A stage of a row. ``pace`` is where the fact should be by now by the owner's working time; None without a target
    and before the week begins. ``version`` 0: nothing is planned yet."""

    stage: Stage
    target: int | None
    fact: int
    pace: Decimal | None
    version: int = 0

    @property
    def reached(self) -> bool:
        return self.target is not None and self.fact >= self.target

    @property
    def behind(self) -> bool:
        return not self.reached and self.pace is not None and self.fact < self.pace


@dataclass(frozen=True, slots=True)
class Row:
    """``moved``: the owner works in another team than the plan was made in. ``wider``: another row of his holds it."""

    plan: LeadPlan
    cells: tuple[Cell, ...]
    writes: bool
    moved: bool
    within: LeadPlan | None


@dataclass(frozen=True, slots=True)
class PlanWeek:
    """``total`` counts nobody twice; ``outside`` are leads that entered in segments without a row."""

    monday: date
    stages: tuple[Stage, ...]
    rows: tuple[Row, ...]
    total: tuple[Cell, ...]
    outside: tuple[int, ...]

    @property
    def is_empty(self) -> bool:
        return not self.rows and not any(self.outside)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose plan is shown to whom. ``owners`` None: everybody that the viewer may see. ``start`` and ``end`` bound the
    week by the viewer's clock, as the lists that the numbers open do."""

    viewer: User
    monday: date
    stages: Sequence[Stage]
    owners: Sequence[User] | None
    start: datetime
    end: datetime
    at: datetime


def plan_week(asked: Asked) -> PlanWeek:
    plans = _plans(asked)
    targets: dict[UUID, dict[UUID, PlanTarget]] = defaultdict(dict)
    for row in PlanTarget.objects.filter(plan__in=plans, stage__in=asked.stages):
        targets[row.plan_id][row.stage_id] = row
    owner_ids = None if asked.owners is None else [owner.pk for owner in asked.owners]
    facts = entered(
        audience=audience_of(asked.viewer), start=asked.start, end=asked.end, owner_ids=owner_ids,
        stage_ids=[stage.pk for stage in asked.stages],
    )  # fmt: skip
    trees = sub_segments({plan.segment_id for plan in plans})
    gone = _gone(plans, asked)
    rows = tuple(_row(plan, targets[plan.pk], facts, trees, gone[plan.owner_id], plans, asked) for plan in plans)
    covered = {(plan.owner_id, segment) for plan in plans for segment in trees[plan.segment_id]}
    return PlanWeek(asked.monday, tuple(asked.stages), rows, *_sums(rows, facts, covered, asked))


def facts_of(
    plan: LeadPlan, *, viewer: User, stage_ids: Sequence[UUID], start: datetime, end: datetime
) -> dict[UUID, int]:
    """What came of one plan by the stage's id, as its row counts it. Two queries, and those of the audience."""
    tree = sub_segments({plan.segment_id})[plan.segment_id]
    facts = entered(
        audience=audience_of(viewer), start=start, end=end, owner_ids=[plan.owner_id], stage_ids=stage_ids
    )  # fmt: skip
    return {pk: _came(facts, plan, tree, pk) for pk in stage_ids}


def _came(facts: Entered, plan: LeadPlan, tree: Iterable[UUID], stage_id: UUID) -> int:
    return sum(facts.get((plan.owner_id, segment, stage_id), 0) for segment in tree)


def _plans(asked: Asked) -> list[LeadPlan]:
    rows = LeadPlan.objects.visible_to(asked.viewer).for_list().filter(week=asked.monday)
    if asked.stages:
        rows = rows.filter(segment__kind=asked.stages[0].kind)
    if asked.owners is not None:
        rows = rows.filter(owner__in=asked.owners)
    return list(rows.order_by("segment__name", "owner__name", "pk"))


def _gone(plans: Sequence[LeadPlan], asked: Asked) -> dict[UUID, Decimal | None]:
    """Which part of the working week is gone, by the owner's id; None before it begins."""
    owners = {plan.owner_id: plan.owner for plan in plans}
    calendars = calendars_of(owners.values()) if owners else {}
    return {pk: _share(calendars[pk], asked) for pk in owners}


def _share(calendar: WorkingCalendar, asked: Asked) -> Decimal | None:
    return calendar.share_gone(asked.start, asked.end, asked.at) if asked.at >= asked.start else None


def _row(
    plan: LeadPlan,
    targets: Mapping[UUID, PlanTarget],
    facts: Entered,
    trees: Mapping[UUID, frozenset[UUID]],
    gone: Decimal | None,
    plans: Iterable[LeadPlan],
    asked: Asked,
) -> Row:
    cells = []
    for stage in asked.stages:
        target = targets.get(stage.pk)
        fact = _came(facts, plan, trees[plan.segment_id], stage.pk)
        pace = None if target is None or gone is None else target.target * gone
        cells.append(
            Cell(stage, target.target if target else None, fact, pace, target.version if target else 0)
        )  # fmt: skip
    return Row(
        plan=plan,
        cells=tuple(cells),
        writes=may_plan(asked.viewer, plan.owner) and not is_over(plan.owner, asked.monday, asked.at),
        moved=plan.owner.team_id != plan.team_id,
        within=_wider(plan, plans, trees),
    )


def _wider(plan: LeadPlan, plans: Iterable[LeadPlan], trees: Mapping[UUID, frozenset[UUID]]) -> LeadPlan | None:
    """The same person's row for a segment above this one."""
    others = (other for other in plans if other.owner_id == plan.owner_id and other.pk != plan.pk)
    return next((other for other in others if plan.segment_id in trees[other.segment_id]), None)


def _sums(
    rows: Sequence[Row], facts: Entered, covered: set[tuple[UUID, UUID]], asked: Asked
) -> tuple[tuple[Cell, ...], tuple[int, ...]]:
    single = without_narrower(
        [_planned(row.plan, cell) for row in rows for cell in row.cells if cell.target is not None]
    )
    counted = {(row.owner_id, row.segment_id, row.stage_id) for row in single}
    total, outside = [], []
    for place, stage in enumerate(asked.stages):
        here = [row.cells[place] for row in rows if (row.plan.owner_id, row.plan.segment_id, stage.pk) in counted]
        fact = sum(n for (who, segment, where), n in facts.items() if where == stage.pk and (who, segment) in covered)
        paces = [cell.pace for cell in here if cell.pace is not None]
        target = sum(cell.target or 0 for cell in here) if here else None
        total.append(Cell(stage, target, fact, sum(paces, NOTHING) if paces else None))
        outside.append(sum(n for (_who, _segment, where), n in facts.items() if where == stage.pk) - fact)
    return tuple(total), tuple(outside)


def _planned(plan: LeadPlan, cell: Cell) -> Planned:
    return Planned(plan.week, plan.owner_id, plan.team_id, plan.segment_id, cell.stage.pk, cell.target or 0)
