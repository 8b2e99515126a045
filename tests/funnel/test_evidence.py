"""Evidence equals a count by hand over random histories, and what happened later does not change it."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import given

from common import clock
from funnel.choices import CLOSING, EntryEvent
from funnel.evidence import AttemptTable, attempts
from funnel.models import Stage, StageEntry
from leads.models import LossReason
from leads.services import moves, outcomes
from tests.funnel.histories import history
from tests.funnel.recount import standing
from tests.funnel.test_recount import SEARCH, office_forgets, played
from tests.office import Office

pytestmark = pytest.mark.django_db
DAYS = 56.0
Counted = dict[tuple[UUID, UUID | None, UUID | None], list[float]]


def half_lives() -> dict[UUID, float]:
    return {stage.pk: stage.half_life_hours for stage in Stage.objects.all()}


def by_hand(asof: datetime) -> Counted:
    """A person with a pencil: every lead's road up to the moment, one outcome a stage."""
    stages = {stage.pk: stage for stage in Stage.objects.all()}
    roads: dict[UUID, list[StageEntry]] = defaultdict(list)
    for entry in standing(StageEntry.objects.filter(at__lte=asof).order_by("at", "id")):
        roads[entry.lead_id].append(entry)
    cells: Counted = defaultdict(lambda: [0.0, 0.0, 0, 0])
    for road in roads.values():
        for stage_id, (entry, passed) in outcomes_of(road, stages).items():
            weight = 0.5 ** ((asof - entry.at).total_seconds() / 86400 / DAYS)
            idle = entry.idle_hours
            fresh = 1.0 if idle is None else 0.5 ** (idle / stages[stage_id].half_life_hours)
            cell = cells[stage_id, entry.segment_id, entry.utp_id]
            for place, amount in enumerate((weight * fresh, weight * passed, 1, passed)):
                cell[place] += amount
    return cells


def outcomes_of(road: list[StageEntry], stages: dict[UUID, Stage]) -> dict[UUID, tuple[StageEntry, bool]]:
    passes: dict[UUID, list[StageEntry]] = defaultdict(list)
    losses: dict[UUID, list[StageEntry]] = defaultdict(list)
    for entry in road:
        if entry.event == EntryEvent.ENTERED and entry.from_stage_id:
            if stages[entry.from_stage_id].position < stages[entry.stage_id].position:
                passes[entry.from_stage_id].append(entry)
        elif entry.event == EntryEvent.RETURNED:
            here = stages[entry.stage_id].position
            passes = defaultdict(list, {k: rows for k, rows in passes.items() if stages[k].position < here})
        elif entry.event in CLOSING:
            losses[entry.stage_id].append(entry)
        elif entry.event == EntryEvent.REOPENED:
            losses.clear()
    lost = {stage: (min(rows, key=lambda e: e.pk), False) for stage, rows in losses.items() if rows}
    passed = {stage: (min(rows, key=lambda e: e.pk), True) for stage, rows in passes.items() if rows}
    return lost | passed


def counted(asof: datetime) -> dict[tuple[Any, ...], list[float]]:
    told: dict[tuple[Any, ...], list[float]] = {}
    with attempts(asof=asof, evidence_days=DAYS) as table:
        for cell in table.cells(half_lives(), [0.5, 2.0]):
            seen = told.setdefault(cell[:3], [0.0, 0.0, 0, 0])
            told[cell[:3]] = [a + b for a, b in zip(seen, cell[4:8], strict=True)]
    return told


@given(story=history)
@SEARCH
def test_evidence_equals_a_count_by_hand(office: Office, story: Any) -> None:
    with transaction.atomic():
        world = played(office, story)
        for asof in (world.at, world.at - timedelta(days=2), world.at - timedelta(days=40)):
            expected, told = by_hand(asof), counted(asof)
            assert told.keys() == expected.keys()
            for key, cell in told.items():
                assert cell == pytest.approx(expected[key], abs=1e-8)
        transaction.set_rollback(True)
    office_forgets(office)


def test_a_move_and_a_refusal_keep_how_long_the_lead_had_lain(office: Office) -> None:
    lead, start = office.lead(), clock.now()
    moves.move(lead=lead, to=office.stage("meeting"), by=office.adiba, at=start + timedelta(hours=30), waive=True,
               reason="знаю его")  # fmt: skip
    outcomes.close(
        lead=lead, outcome="lost", by=office.olim, at=start + timedelta(hours=40), reason=LossReason.objects.first()
    )
    arrived, moved, lost = StageEntry.objects.filter(lead_id=lead.pk).order_by("at", "id")
    assert arrived.idle_hours is None
    assert (moved.idle_hours, lost.idle_hours) == pytest.approx((30, 10), abs=0.1)


def test_what_was_taken_back_is_no_outcome(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    moves.move(lead=lead, to=office.stage("meeting"), by=office.adiba, at=at, waive=True, reason="знаю")
    assert [cell[2:] for cell in counted(at + timedelta(hours=1)).values()] == [[1, 1]]
    moves.move(lead=lead, to=office.stage("contact"), by=office.olim, at=at + timedelta(seconds=5), reason="ошибся")
    outcomes.close(lead=lead, outcome="archived", by=office.olim, at=at + timedelta(seconds=6), note="не тот")
    outcomes.reopen(lead=lead, by=office.olim, at=at + timedelta(seconds=9), reason="тот")
    assert counted(at + timedelta(hours=1)) == {}
    assert len(counted(at + timedelta(seconds=7))) == 1, "as of that second the lead was closed"


def test_nothing_after_the_moment_counts(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    moves.move(lead=lead, to=office.stage("meeting"), by=office.adiba, at=at, waive=True, reason="знаю")
    before = counted(at)
    later = at + timedelta(days=1)
    outcomes.close(lead=lead, outcome="archived", by=office.olim, at=later, note="не тот")
    assert counted(at) == before
    assert counted(later) != before


def test_idle_buckets_hold_every_attempt_whose_idle_hours_are_known(office: Office) -> None:
    at = clock.now()
    for hours in (1, 30, 200):
        lead = office.lead()
        moves.move(lead=lead, to=office.stage("meeting"), by=office.adiba, at=at + timedelta(hours=hours), waive=True,
                   reason="знаю его")  # fmt: skip
    with attempts(asof=at + timedelta(hours=200), evidence_days=DAYS) as table:
        rows = idle_rows(table)
    assert [(row.bucket, row.trials) for row in rows] == [(0, 1), (1, 1), (2, 1)]
    assert [row.idle / row.weight for row in rows] == pytest.approx([1, 30, 200], abs=0.1)


def idle_rows(table: AttemptTable) -> list[Any]:
    return sorted(table.cells(half_lives(), [0.5, 2.0]), key=lambda row: row.bucket)
