"""Every figure of a funnel reckoned with a pencil: from the raw log and the words of the definition; no SQL."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import Team
from funnel.models import Stage, StageEntry
from tests.funnel.recount import Counted, passages, quantile, standing

BANK = ZoneInfo("Asia/Tashkent")
Tallied = tuple[int, int, int, int, int, int]
Wanted = Callable[[Counted], bool]


def day_of(moment: datetime) -> date:
    return moment.astimezone(BANK).date()


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def is_reversed(passage: Counted) -> bool:
    return passage.passed_at is not None and passage.passed_at < passage.entered_at


def tally(found: list[Counted]) -> Tallied:
    states = Counter(passage.state for passage in found)
    return (
        len(found), states["passed"], states["open"], states["lost"], states["done"], sum(map(is_reversed, found))
    )  # fmt: skip


@dataclass
class Book:
    """The passages of one funnel, as somebody would copy them from the log into a book."""

    kind: str
    stages: dict[UUID, Stage] = field(init=False)
    rows: list[Counted] = field(init=False)
    last_reason: dict[UUID, str] = field(init=False)

    def __post_init__(self) -> None:
        self.stages = {stage.pk: stage for stage in Stage.objects.filter(funnel__code=self.kind)}
        self.rows = [row for row in passages() if row.stage_id in self.stages]
        log = standing(StageEntry.objects.order_by("at", "id"))
        self.last_reason = {entry.lead_id: entry.reason_code for entry in log}

    def at(self, stage: Stage, wanted: Wanted) -> list[Counted]:
        return [row for row in self.rows if row.stage_id == stage.pk and wanted(row)]

    def dwell(self, stage: Stage, wanted: Wanted, share: float) -> float | None:
        rows = [row for row in self.at(stage, wanted) if row.passed_at is not None and not is_reversed(row)]
        return quantile([(row.passed_at - row.entered_at).total_seconds() / 3600 for row in rows], share)  # type: ignore[operator]

    def late(self, stage: Stage, wanted: Wanted, at: datetime) -> int | None:
        """Whole days: the day of entry lies more than the norm before today."""
        if not stage.norm_hours:
            return None
        last = day_of(at - timedelta(hours=stage.norm_hours))
        return sum(row.state == "open" and day_of(row.entered_at) < last for row in self.at(stage, wanted))

    def grouped(self, stage: Stage, wanted: Wanted, key: Callable[[Counted], Any]) -> dict[Any, Tallied]:
        groups: dict[Any, list[Counted]] = defaultdict(list)
        for row in self.at(stage, wanted):
            groups[key(row)].append(row)
        return {name: tally(found) for name, found in groups.items()}

    def losses(self, stage: Stage, wanted: Wanted) -> dict[str, int]:
        return dict(Counter(self.last_reason[r.lead_id] for r in self.at(stage, wanted) if r.state == "lost"))

    def cohorts(self, wanted: Wanted, begin: Callable[[date], date]) -> dict[date, tuple[Any, ...]]:
        """By the first day: came, reached by stage, open, lost, done."""
        roads: dict[UUID, list[Counted]] = defaultdict(list)
        for row in self.rows:
            roads[row.lead_id].append(row)
        found: dict[date, list[Counted]] = defaultdict(list)
        for road in roads.values():
            first = min(road, key=lambda row: (row.entered_at, row.first.pk))
            if wanted(first):
                furthest = max(road, key=lambda row: self.stages[row.stage_id].position)
                found[begin(day_of(first.entered_at))].append(furthest)
        return {start: self._cohort(ends) for start, ends in found.items()}

    def _cohort(self, ends: list[Counted]) -> tuple[Any, ...]:
        places = [self.stages[row.stage_id].position for row in ends]
        reached = {pk: sum(place >= stage.position for place in places) for pk, stage in self.stages.items()}
        states = Counter(row.state for row in ends)
        return len(ends), reached, states["open"], states["lost"], states["done"]


def branch(team: Team) -> set[UUID]:
    """A team and all below it."""
    found, parents = {team.pk}, dict(Team.objects.values_list("pk", "parent_id"))
    for _level in parents:
        found |= {pk for pk, parent in parents.items() if parent in found}
    return found
