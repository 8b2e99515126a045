"""The funnel counted again in plain Python, from the raw log and the definition in words; no SQL, no shared code."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

from funnel.dwell import EDGES
from funnel.models import Stage, StageEntry


@dataclass(frozen=True)
class Counted:
    """A lead's passage through a stage, as a person with a pencil would write it down."""

    lead_id: UUID
    stage_id: UUID
    state: str
    entered_at: datetime
    passed_at: datetime | None
    first: StageEntry


def standing(entries: Iterable[StageEntry]) -> list[StageEntry]:
    """Crossed out in pairs: what was undone, and the line that undid it."""
    known = list(entries)
    undone = {entry.undoes_id for entry in known if entry.undoes_id is not None}
    return [entry for entry in known if entry.undoes_id is None and entry.pk not in undone]


def passages() -> list[Counted]:
    roads: dict[UUID, list[StageEntry]] = defaultdict(list)
    for entry in standing(StageEntry.objects.all()):
        roads[entry.lead_id].append(entry)
    stages = {stage.pk: stage for stage in Stage.objects.all()}
    found: list[Counted] = []
    for road in roads.values():
        road.sort(key=lambda entry: (entry.at, entry.pk))
        found += _of_road(road, stages)
    return found


def _of_road(road: list[StageEntry], stages: dict[UUID, Stage]) -> Iterable[Counted]:
    moves = [entry for entry in road if entry.event in ("entered", "returned")]
    firsts: dict[UUID, StageEntry] = {}
    for entry in moves:
        firsts.setdefault(entry.stage_id, entry)
    for stage_id, first in firsts.items():
        here = stages[stage_id]
        further = [entry.at for entry in moves if stages[entry.stage_id].position > here.position]
        yield Counted(
            first.lead_id,
            stage_id,
            _state(here, bool(further), road[-1], stages),
            first.at,
            min(further, default=None),
            first,
        )


def _state(here: Stage, got_further: bool, last_word: StageEntry, stages: dict[UUID, Stage]) -> str:
    if got_further:
        return "passed"
    in_use = [stage.position for stage in stages.values() if stage.kind == here.kind and stage.active]
    if in_use and here.position >= max(in_use):
        return "done"
    return "lost" if last_word.event in ("lost", "archived") else "open"


def quantile(hours: list[float], share: float) -> float | None:
    """The grid's answer, reckoned by hand: within the bucket where the share lies, as if its rows stood evenly."""
    if not hours:
        return None
    ends = [0.0, *EDGES, EDGES[-1]]
    buckets = sorted(sum(value >= edge for edge in EDGES) for value in hours)
    wanted = share * len(buckets)
    bucket = buckets[max(ceil(wanted), 1) - 1]
    before, inside = sum(b < bucket for b in buckets), buckets.count(bucket)
    return ends[bucket] + (ends[bucket + 1] - ends[bucket]) * (wanted - before) / inside


Row = tuple[int, int, int, int, int, int, float | None]


def table(kind: str, wanted: Callable[[Counted], bool] = lambda passage: True) -> dict[str, Row]:
    """By stage code: entered, passed, open, lost, done, reversed dates, median hours."""
    stages = {stage.pk: stage for stage in Stage.objects.filter(kind=kind)}
    rows: dict[str, list[Counted]] = {stage.code: [] for stage in stages.values() if stage.active}
    for passage in passages():
        if passage.stage_id in stages and wanted(passage):
            rows.setdefault(stages[passage.stage_id].code, []).append(passage)
    return {code: _row(found) for code, found in rows.items()}


def _row(found: list[Counted]) -> Row:
    states = [passage.state for passage in found]
    spans = [(p.passed_at - p.entered_at).total_seconds() for p in found if p.passed_at is not None]
    forward = [span for span in spans if span >= 0]
    hours = quantile([span / 3600 for span in forward], 0.5)
    return (
        len(found), states.count("passed"), states.count("open"), states.count("lost"), states.count("done"),
        len(spans) - len(forward), hours,
    )  # fmt: skip


def told(rows: Iterable[Any]) -> dict[str, Row]:
    """The rows of ``funnel_table`` in the same form."""
    return {
        row.stage.code: (
            row.entered, row.passed, row.open, row.lost, row.done, row.reversed_dates, row.median_hours
        )
        for row in rows
    }  # fmt: skip
