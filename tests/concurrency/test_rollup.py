"""The rollup runs while deeds commit: nothing is lost, nothing is counted twice, nobody waits for nobody."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from common import clock
from funnel import rollups
from funnel.figures import FunnelQuery, Source, funnel_table
from funnel.models import DirtyLead, StoredPassage
from leads.drafts import HistoryStep, LeadDraft
from leads.models import Lead
from leads.services import moves, outcomes
from leads.services.intake import take_in
from tests.concurrency.together import together
from tests.funnel import recount
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
DO_NOTHING = """
INSERT INTO funnel_dirtylead (lead_id, since) SELECT unnest(%s::uuid[]), now() ON CONFLICT (lead_id) DO NOTHING
"""


def agrees() -> None:
    """What the page shows, and what is stored once the job has run, equal the recount by hand."""
    counted = recount.table("agent")
    for source in (Source.LIVE, Source.CELLS):
        told = recount.told(funnel_table(FunnelQuery("agent", source=source)))
        for code, row in counted.items():
            assert told[code] == pytest.approx(row, abs=1e-6), code
        rollups.refresh(at=clock.now())
    assert not DirtyLead.objects.exists()


def moved_while(office: Office, meanwhile: Callable[[], Any]) -> None:
    """A lead with a mark is moved in one transaction; before that commits, ``meanwhile`` runs in another."""
    lead, head, to, at = office.lead(), office.adiba, office.stage("meeting"), clock.now()
    wrote, may_commit = Barrier(2), Barrier(2)

    def move() -> None:
        try:
            with transaction.atomic():
                moves.move(lead=lead, to=to, by=head, at=at, waive=True, reason="знаю его")
                wrote.wait(20)
                may_commit.wait(20)
        finally:
            connection.close()

    mover = Thread(target=move)
    mover.start()
    wrote.wait(20)
    meanwhile()
    may_commit.wait(20)
    mover.join(20)


def test_a_refresh_between_an_entry_and_its_commit_misses_nothing(office: Office) -> None:
    taken: list[int] = []
    moved_while(office, lambda: taken.append(rollups.refresh(at=clock.now())))
    assert taken == [0], "the mark is held by the deed in progress and is left to the next run"
    assert DirtyLead.objects.count() == 1
    agrees()


def test_without_the_lock_on_the_mark_the_entry_would_be_missed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: DO NOTHING takes no lock, the refresh takes the mark away, the move is never counted."""
    monkeypatch.setattr(rollups, "_MARK", DO_NOTHING)
    moved_while(office, lambda: rollups.refresh(at=clock.now()))
    assert not DirtyLead.objects.exists()
    told = recount.told(funnel_table(FunnelQuery("agent")))
    assert (told["meeting"][0], recount.table("agent")["meeting"][0]) == (0, 1)


def test_a_rebuild_between_an_entry_and_its_commit_neither_waits_nor_misses_it(office: Office) -> None:
    moved_while(office, lambda: rollups.rebuild(at=clock.now()))
    assert DirtyLead.objects.count() == 1
    agrees()


def test_refreshes_while_many_move_and_close_lose_nothing(office: Office) -> None:
    leads = [office.lead() for _n in range(6)]
    head, reason = office.adiba, "быстро"
    codes = ("meeting", "custdev", "verbal_contract")
    stages = [office.stage(code) for code in codes]

    def work(lead: Lead) -> None:
        for stage in stages:
            moves.move(lead=lead, to=stage, by=head, at=clock.now(), waive=True, reason=reason)
        outcomes.close(lead=lead, outcome="archived", by=head, at=clock.now(), note=reason)

    def refresh() -> None:
        for _n in range(8):
            rollups.refresh(at=clock.now())

    answers = together([*(lambda lead=lead: work(lead) for lead in leads), refresh, refresh])
    assert answers == [None] * len(answers)
    agrees()


def test_two_refreshes_at_once_store_each_passage_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "BATCH", 3)
    for _n in range(30):
        office.lead()
    answers = together([lambda: rollups.refresh(at=clock.now())] * 4)
    assert sum(answers) == 30
    assert StoredPassage.objects.count() == 30
    agrees()


def test_a_batch_and_a_rebuild_at_once_do_not_meet_head_on(office: Office) -> None:
    owner, at = office.olim, clock.now()
    leads = [office.lead() for _n in range(40)]
    rollups.refresh(at=at)
    steps = (HistoryStep("contact", at - timedelta(days=1)),)

    def close(some: list[Lead]) -> list[Lead]:
        closings = [outcomes.Closing(lead, "archived", owner, clock.now(), note="неделя") for lead in some]
        return outcomes.close_many(closings=closings, origin="job")

    def arrive() -> int:
        drafts = [LeadDraft(kind="agent", party_id=lead.party_id, owner=owner, history=steps) for lead in leads[:20]]
        return len(take_in(drafts=drafts, by=owner, at=clock.now(), origin="import"))

    answers = together(
        [lambda: close(leads[:30]), lambda: close(leads[10:][::-1]), arrive, *[lambda: rollups.rebuild(at=at)] * 2]
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    agrees()
