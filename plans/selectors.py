"""Reading plans: sums of targets for reports, and what leads really entered, by the dimensions of that time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count

from funnel.audience import Audience
from funnel.models import StoredPassage
from plans.models import LeadPlan, PlanTarget

_ABOVE = """
WITH RECURSIVE above (leaf, id) AS (
    SELECT id, parent_id FROM agents_segment WHERE id = ANY(%s)
    UNION SELECT above.leaf, segment.parent_id FROM agents_segment segment JOIN above ON segment.id = above.id
) SELECT leaf, id FROM above WHERE id IS NOT NULL
"""

_INSIDE = """
WITH RECURSIVE below (root, id, above) AS (
    SELECT id, id, '{}'::uuid[] FROM agents_segment WHERE id = ANY(%s)
    UNION ALL SELECT below.root, segment.id, below.above || below.id
    FROM agents_segment segment JOIN below ON segment.parent_id = below.id
    WHERE segment.id <> ALL (below.above || below.id)
), held AS (HELD)
SELECT below.root, below.id, below.above, held.* FROM below LEFT JOIN held ON held.plan__segment_id = below.id
"""
_COLUMNS = ("plan__week", "plan__owner_id", "plan__team_id", "plan__segment_id", "stage_id", "target")


@dataclass(frozen=True, slots=True)
class Planned:
    """The target of one row of a plan at one stage."""

    week: date
    owner_id: UUID
    team_id: UUID | None
    segment_id: UUID
    stage_id: UUID
    target: int


def planned(
    *,
    audience: Audience,
    weeks: Collection[date],
    stage_ids: Collection[UUID],
    team_ids: Collection[UUID] | None = None,
    owner_ids: Collection[UUID] | None = None,
    segment_ids: Collection[UUID] | None = None,
) -> list[Planned]:
    """Targets that add up without counting anybody twice: ``sum(row.target for row in planned(...))``.

    ``weeks`` are Mondays, ``stage_ids`` the stages asked about (of whichever funnels). The rows are the audience's
    (``funnel.audience.audience_of(user)``), by the team as it stood when the plan was made; teams, owners and segments
    narrow them further: None means all, an empty collection none. Teams and owners are taken as given, without what
    stands below them: a caller who means a subtree gives its ids (``accounts.scope.subtree``), who means a branch of
    segments gives ``agents.selectors.branch_ids``. A person's target for a segment is left out where he has one for the
    same week and stage in a segment above it: the wider one counts what the narrower brings. Nothing planned is no row:
    a sum of nothing is not a plan of 0. Two queries.
    """
    return without_narrower(
        targets(
            audience=audience, weeks=weeks, stage_ids=stage_ids, team_ids=team_ids, owner_ids=owner_ids,
            segment_ids=segment_ids,
        )
    )  # fmt: skip


def targets(
    *,
    audience: Audience,
    weeks: Collection[date],
    stage_ids: Collection[UUID],
    team_ids: Collection[UUID] | None = None,
    owner_ids: Collection[UUID] | None = None,
    segment_ids: Collection[UUID] | None = None,
) -> list[Planned]:
    """The same with every row as it was planned, narrower and wider ones too. One query."""
    rows = _rows(audience, weeks, stage_ids)
    narrowed = {"plan__team_id__in": team_ids, "plan__owner_id__in": owner_ids, "plan__segment_id__in": segment_ids}
    rows = rows.filter(**{name: list(ids) for name, ids in narrowed.items() if ids is not None})
    return [Planned(*row) for row in rows.order_by("plan__week", "pk").values_list(*_COLUMNS)]


def _rows(audience: Audience, weeks: Collection[date], stage_ids: Collection[UUID]) -> Any:
    plans = LeadPlan.objects.filter(audience.q, week__in=list(weeks))
    return PlanTarget.objects.filter(plan__in=plans.order_by(), stage_id__in=list(stage_ids)).order_by()


def without_narrower(rows: list[Planned]) -> list[Planned]:
    """Leaves out targets that a wider segment of the same person, week and stage holds already. One query."""
    return widest(rows, segments_above({row.segment_id for row in rows}))


def widest(rows: list[Planned], above: Mapping[UUID, frozenset[UUID]]) -> list[Planned]:
    """The same where it is known what stands above each segment."""
    held = {(row.week, row.owner_id, row.stage_id, row.segment_id) for row in rows}
    return [
        row
        for row in rows
        if not any((row.week, row.owner_id, row.stage_id, wider) in held for wider in above.get(row.segment_id, ()))
    ]


def segments_above(segment_ids: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """All that each segment narrows, however deep, without itself. One query."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    asked = list(segment_ids)
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(_ABOVE, [asked])
            for leaf, wider in cursor.fetchall():
                found[leaf].add(wider)
    return {leaf: frozenset(wider) for leaf, wider in found.items()}


Branches = Mapping[UUID, Mapping[UUID, frozenset[UUID]]]
"""By a segment's id all that narrow it, itself included, each with what stands above it in the branch."""


def targets_inside(
    *, audience: Audience, week: date, stage_ids: Collection[UUID], segment_ids: Collection[UUID]
) -> tuple[Branches, list[Planned]]:
    """The branches of these segments and the targets of every segment in them, as ``targets`` tells them. One query."""
    try:
        held, values = _rows(audience, [week], stage_ids).values_list(*_COLUMNS).query.sql_with_params()
    except EmptyResultSet:  # nobody's targets, or at no stage
        return {}, []
    branches: dict[UUID, dict[UUID, frozenset[UUID]]] = defaultdict(dict)
    found: dict[Planned, None] = {}
    with connection.cursor() as cursor:
        cursor.execute(_INSIDE.replace("HELD", held), [list(segment_ids), *values])
        for root, segment, above, *row in cursor.fetchall():
            branches[root][segment] = frozenset(above)
            if row[0] is not None:
                found[Planned(*row)] = None
    return branches, list(found)


Entered = Mapping[tuple[UUID | None, UUID | None, UUID], int]
"""Leads by the owner and segment as they stood at the entry, and by stage."""


def entered(
    *,
    audience: Audience,
    start: datetime,
    end: datetime,
    stage_ids: Collection[UUID],
    owner_ids: Collection[UUID] | None = None,
) -> Entered:
    """First entries from ``start`` on and before ``end``, of those whose owner or team of that time is the audience's.

    ``owner_ids`` narrows to leads that these people had then. As of ``funnel.rollups.as_of()``, like the rows that the
    reports open. One query.
    """
    rows = StoredPassage.objects.filter(audience.q, stage_id__in=list(stage_ids)).entered_between(start, end)
    if owner_ids is not None:
        rows = rows.filter(owner_id__in=list(owner_ids))
    counted: Any = rows.order_by().values_list("owner_id", "segment_id", "stage_id").annotate(leads=Count("pk"))
    return {(owner, segment, stage): leads for owner, segment, stage, leads in counted}
