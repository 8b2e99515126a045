"""Rates: counted from the log each night and after a load, kept as one small table, read for every ranking."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import fsum
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db import transaction

from backlog.models import RankRun, RateCell, StageCooling
from backlog.ranking.funnels import Funnel, funnels
from backlog.ranking.locks import alone, patient
from common import clock
from funnel.evidence import UNKNOWN, Cell, attempts
from priority.chances import Ints
from priority.columns import summed
from priority.cooling import EDGES, IdleCounts, refit_half_lives
from priority.evidence import ROUND, Evidence
from priority.rates import Rates, fit_rates

KEEP_RUNS = timedelta(days=30)


class Counted(NamedTuple):
    """A cell of evidence without its buckets, as the table of rates keeps it."""

    stage_id: UUID
    segment_id: UUID | None
    utp_id: UUID | None
    n: float
    y: float
    trials: int
    passed: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is known of one funnel: its rates, the numbers by which they know segments and UTPs, the raw cells."""

    funnel: Funnel
    rates: Rates
    segments: Mapping[UUID, int]
    utps: Mapping[UUID, int]
    cells: tuple[Counted, ...]


def recount_rates(*, at: datetime) -> int:
    """Count the evidence anew as of ``at``, refit how fast leads cool, store both. Returns the number of cells.

    All or nothing: killed in the middle it leaves the old table. Waits for a run in progress.
    """
    started = clock.now()
    with transaction.atomic():
        patient()
        alone()
        learnt = learn(asof=at)
        RateCell.objects.all().delete()
        rows = [_row(known.funnel.kind, cell, at) for known in learnt.values() for cell in known.cells]
        RateCell.objects.bulk_create(rows, batch_size=2000)
        _store_cooling(learnt.values(), at)
        RankRun.objects.filter(owner=None, finished_at__lt=at - KEEP_RUNS).delete()
        RankRun.objects.create(
            cause="rates", started_at=started, finished_at=clock.now(), leads=sum(row.trials for row in rows),
            changed=len(rows),
        )  # fmt: skip
    return len(rows)


def learn(*, asof: datetime) -> dict[str, Learnt]:
    """Everything that the log taught until ``asof``, by funnel, from the log itself; nothing is stored."""
    believed = {kind: _as_believed(funnel) for kind, funnel in funnels().items()}
    if not believed:
        return {}
    days = next(iter(believed.values())).settings.evidence_half_life_days
    with attempts(asof=asof, evidence_days=days) as table:
        buckets = _shared(table.cells(_cooling(believed), EDGES.tolist()), believed)
        cooled = {kind: _refitted(funnel, buckets[kind]) for kind, funnel in believed.items()}
        if all(cooled[kind] is believed[kind] for kind in believed):
            cells = buckets
        else:
            cells = _shared(table.cells(_cooling(cooled)), cooled)
    return {kind: _learnt(funnel, cells[kind]) for kind, funnel in cooled.items()}


def _cooling(known: Mapping[str, Funnel]) -> dict[UUID, float]:
    """Half-life in hours by stage, of all funnels."""
    return {stage: hours for funnel in known.values() for stage, hours in funnel.cooling.items()}


def _shared(cells: Iterable[Cell], known: Mapping[str, Funnel]) -> dict[str, list[Cell]]:
    """The cells of each funnel."""
    kinds = {stage.pk: kind for kind, funnel in known.items() for stage in funnel.stages}
    found: dict[str, list[Cell]] = {kind: [] for kind in known}
    for cell in cells:
        found[kinds[cell.stage_id]].append(cell)
    return found


def stored() -> dict[str, Learnt]:
    """The same from the table of rates, as of its last count. Three queries."""
    cells: dict[UUID, list[Counted]] = {}
    columns = ("stage_id", "segment_id", "utp_id", "n", "y", "trials", "passed")
    for row in RateCell.objects.values_list(*columns):
        cells.setdefault(row[0], []).append(Counted(*row))
    known = funnels()
    return {
        kind: _learnt(funnel, [cell for stage in funnel.stages for cell in cells.get(stage.pk, ())])
        for kind, funnel in known.items()
    }


def _learnt(funnel: Funnel, cells: Iterable[Cell | Counted]) -> Learnt:
    ordered = _merged(cells)
    segments, utps = numbered(cell.segment_id for cell in ordered), numbered(cell.utp_id for cell in ordered)
    evidence = Evidence(
        np.array([funnel.place[cell.stage_id] for cell in ordered], np.int64),
        _codes((cell.segment_id for cell in ordered), segments),
        _codes((cell.utp_id for cell in ordered), utps),
        np.array([cell.n for cell in ordered]),
        np.array([cell.y for cell in ordered]),
        np.array([float(cell.trials) for cell in ordered]),
        np.array([float(cell.passed) for cell in ordered]),
    )
    return Learnt(funnel, fit_rates(evidence, funnel.settings), segments, utps, ordered)


def _merged(cells: Iterable[Cell | Counted]) -> tuple[Counted, ...]:
    """Buckets of a cell together, in a fixed order and rounded: the same log gives the same rates to the last bit."""
    sums: dict[tuple[UUID, UUID | None, UUID | None], list[Cell | Counted]] = {}
    for cell in cells:
        sums.setdefault(cell[:3], []).append(cell)
    return tuple(
        Counted(
            *key,
            round(fsum(cell.n for cell in same), ROUND),
            round(fsum(cell.y for cell in same), ROUND),
            sum(cell.trials for cell in same),
            sum(cell.passed for cell in same),
        )
        for key, same in sorted(sums.items(), key=lambda item: tuple(str(part) for part in item[0]))
    )


def numbered(ids: Iterable[UUID | None]) -> dict[UUID, int]:
    """A number for each id, in their own order."""
    return {pk: number for number, pk in enumerate(sorted({pk for pk in ids if pk is not None}))}


def _codes(ids: Iterable[UUID | None], numbers: Mapping[UUID, int]) -> Ints:
    return np.array([-1 if pk is None else numbers[pk] for pk in ids], np.int64)


def _as_believed(funnel: Funnel) -> Funnel:
    return Funnel(funnel.kind, funnel.stages, funnel.settings, np.array(funnel.settings.half_life_hours), funnel.place)


def _refitted(funnel: Funnel, cells: list[Cell]) -> Funnel:
    """The funnel with half-lives refitted from what passed after how long; itself until there is enough."""
    idle = [cell for cell in cells if cell.bucket != UNKNOWN]
    if sum(cell.trials for cell in idle) < funnel.settings.refit_from:
        return funnel
    half_lives = refit_half_lives(_idle_counts(_learnt(funnel, cells), idle), funnel.settings)
    return replace(funnel, half_lives=half_lives)


def _idle_counts(known: Learnt, idle: list[Cell]) -> IdleCounts:
    stage = np.array([known.funnel.place[cell.stage_id] for cell in idle], np.int64)
    rows = known.rates.rows(
        _codes((cell.segment_id for cell in idle), known.segments), _codes((cell.utp_id for cell in idle), known.utps)
    )
    width = len(EDGES) + 1
    code = stage * width + np.array([cell.bucket for cell in idle], np.int64)
    shape = (known.funnel.settings.stages * width,)
    weight = np.array([cell.weight for cell in idle])
    trials = summed(code, weight, shape)
    return IdleCounts(
        np.arange(shape[0]) // width,
        summed(code, np.array([cell.idle for cell in idle]), shape) / np.maximum(trials, 1e-12),
        trials,
        summed(code, np.array([cell.y for cell in idle]), shape),
        summed(code, weight * rows.p[rows.row, stage], shape),
    )


def _row(kind: str, cell: Counted, at: datetime) -> RateCell:
    return RateCell(
        kind=kind, stage_id=cell.stage_id, segment_id=cell.segment_id, utp_id=cell.utp_id, n=cell.n, y=cell.y,
        trials=cell.trials, passed=cell.passed, as_of=at,
    )  # fmt: skip


def _store_cooling(learnt: Iterable[Learnt], at: datetime) -> None:
    """Only what was really refitted: without a row the stage's own belief holds, as somebody may change it."""
    StageCooling.objects.all().delete()
    StageCooling.objects.bulk_create(
        StageCooling(
            stage=stage, half_life_hours=fitted, as_of=at,
            attempts=sum(cell.trials for cell in known.cells if cell.stage_id == stage.pk),
        )
        for known in learnt
        for stage, fitted in zip(known.funnel.stages, known.funnel.half_lives.tolist(), strict=True)
        if fitted != stage.half_life_hours
    )  # fmt: skip
