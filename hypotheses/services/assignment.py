"""The lot: arriving leads get the arm of a running test before their first entry is logged.

The arm follows from the test's seed and the lead's id alone. So it needs no counter and no lock, two batches at once
cannot disagree, nobody can choose a lead's arm, and anybody can recompute it later.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction

from hypotheses import sql
from hypotheses.models import Hypothesis, Membership


class Newcomer(Protocol):
    """The columns of a lead that a test looks at; ``utp_id`` is what the lot writes."""

    pk: Any
    initiative_id: UUID | None
    segment_id: UUID | None
    product_id: UUID | None
    team_id: UUID | None
    utp_id: UUID | None
    stage: Any


@dataclass(frozen=True, slots=True)
class RunningTest:
    """A running test with the ids of all it may take in; ``team_ids`` is None for a test of the whole bank."""

    id: UUID
    initiative_id: UUID
    product_id: UUID | None
    funnel_id: UUID
    seed: str
    segment_ids: frozenset[UUID]
    team_ids: frozenset[UUID] | None
    arm_ids: Sequence[int]
    utp_ids: Sequence[UUID]

    def takes(self, lead: Newcomer) -> bool:
        return (
            lead.initiative_id == self.initiative_id
            and lead.segment_id in self.segment_ids
            and lead.stage.funnel_id == self.funnel_id
            and (self.product_id is None or lead.product_id in {None, self.product_id})
            and (self.team_ids is None or lead.team_id in self.team_ids)
        )


def draw(seed: str, lead_id: UUID, arms: int) -> int:
    """Which of the arms a lead gets: 0 to ``arms`` - 1, each as likely."""
    lot = hashlib.sha256(f"{seed}:{lead_id}".encode()).digest()
    return int.from_bytes(lot[:8]) * arms >> 64


def assign(*, leads: Sequence[Newcomer], at: datetime) -> list[Membership]:
    """Give leads without a UTP the one that their lot names, for those that a running test asks for.

    Call it on leads that are about to be written; pass the answer to ``keep`` once they are. One query a batch.
    """
    free = [lead for lead in leads if lead.utp_id is None and lead.initiative_id and lead.segment_id]
    tests = _running({lead.initiative_id for lead in free if lead.initiative_id})
    found = []
    for lead in free if tests else ():
        test = next((test for test in tests if test.takes(lead)), None)
        if test is None:
            continue
        place = draw(test.seed, lead.pk, len(test.arm_ids))
        lead.utp_id = test.utp_ids[place]
        found.append(Membership(hypothesis_id=test.id, arm_id=test.arm_ids[place], lead_id=lead.pk, joined_at=at))
    return found


def keep(*, members: Sequence[Membership]) -> None:
    """Write who joined which arm, in the transaction that writes the leads. One statement a thousand."""
    if members:
        Membership.objects.bulk_create(members, batch_size=1000)


def _running(initiative_ids: Iterable[UUID]) -> list[RunningTest]:
    ids = list(initiative_ids)
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql.RUNNING, {"initiatives": ids})
        rows = cursor.fetchall()
    return [
        RunningTest(pk, initiative, product, funnel, seed, frozenset(segments),
                    None if teams is None else frozenset(teams), arms, utps)
        for pk, initiative, product, funnel, seed, segments, teams, arms, utps in rows
    ]  # fmt: skip


@transaction.atomic
def record_earlier(*, hypothesis: Hypothesis, members: Sequence[tuple[UUID, int, datetime]]) -> int:
    """Write down a random assignment that was made elsewhere: (lead id, arm id, when) of leads that are known here.

    For moving a test over from another system; whoever calls it vouches that the arms were drawn by lot. A lead that
    is a member already keeps its arm. Returns how many were given. Raises ValueError for an arm of another test.
    """
    own = set(hypothesis.arms.values_list("pk", flat=True))
    if any(arm_id not in own for _lead, arm_id, _at in members):
        raise ValueError("an arm of another hypothesis")
    rows = [
        Membership(hypothesis=hypothesis, arm_id=arm_id, lead_id=lead_id, joined_at=joined_at)
        for lead_id, arm_id, joined_at in members
    ]
    Membership.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return len(rows)
