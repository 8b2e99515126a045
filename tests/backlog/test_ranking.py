"""The lists that the engine keeps: what stands in them, what a run touches, what it leaves alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from agents.models import Product, Segment
from backlog.models import LeadScore, RankRun, RateCell, StageCooling
from backlog.ranking import hours, rank_all, rank_owner, reading, recount_rates, runs
from backlog.ranking.book import Book
from backlog.ranking.columns import Rows
from backlog.ranking.rates import learn
from common import clock
from funnel.models import Stage, StageEntry
from leads.models import Lead, LossReason
from leads.services import editing, moves, outcomes
from priority.reason import recompute, unpack
from tests.office import Office
from worktime.selectors import calendar_of

pytestmark = pytest.mark.django_db


def filled(office: Office) -> list[Lead]:
    """Leads of two owners, at two stages, in and out of a segment, some touched long ago."""
    at = clock.now()
    leads = [
        office.lead(),
        office.lead(office.anvar, product_id=office.product.pk),
        office.lead(segment_id=office.segment.pk),
    ]
    leads += [office.lead(utp_id=office.utp.pk, initiative_id=office.initiative.pk), office.lead(kind="client")]
    moves.move(lead=leads[2], to=office.stage("meeting"), by=office.nodira, at=at, waive=True, reason="знаю")
    Lead.objects.filter(pk=leads[0].pk).update(touched_at=at - timedelta(days=6))
    return leads


def rows() -> dict[Any, tuple[Any, ...]]:
    return {s.lead_id: (s.owner_id, s.rank, s.score, s.proposed, s.parts, s.as_of) for s in LeadScore.objects.all()}


def versions() -> dict[Any, tuple[str, str]]:
    """Where each row's current version lies: a row that was written again lies elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT lead_id, ctid::text, xmin::text FROM backlog_leadscore")
        return {lead: (place, writer) for lead, place, writer in cursor.fetchall()}


def test_every_open_lead_with_an_owner_has_a_place_of_its_own(office: Office) -> None:
    leads = filled(office)
    nobodys = office.lead()
    editing.assign(lead=nobodys, owner=None, by=office.nodira, at=clock.now())
    assert rank_all(at=clock.now(), cause="test") == 5
    assert set(rows()) == {lead.pk for lead in leads}
    own = LeadScore.objects.filter(owner=office.olim).order_by("rank")
    assert [score.rank for score in own] == [1, 2, 3, 4]
    assert [score.score for score in own] == sorted((score.score for score in own), reverse=True)


def test_the_stored_parts_recompute_the_stored_score(office: Office) -> None:
    filled(office)
    rank_all(at=clock.now(), cause="test")
    for stored in LeadScore.objects.all():
        assert recompute(unpack(stored.parts)) == pytest.approx(stored.score, rel=1e-12)
        assert eval(unpack(stored.parts).formula()) == pytest.approx(stored.score, rel=1e-6)


def test_a_second_run_of_the_morning_writes_nothing(office: Office) -> None:
    filled(office)
    at = clock.now()
    rank_all(at=at, cause="test")
    before = versions()
    later = min(at + timedelta(hours=1), hours.morning_of(at) + timedelta(hours=23))
    assert rank_all(at=later, cause="test") == 0
    assert rank_owner(owner_id=office.olim.pk, at=later, cause="test") == 0
    assert versions() == before
    assert RankRun.objects.latest().changed == 0


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    """The owners whose leads each run reads, where one owner is sample enough."""
    read: list[list[Any]] = []

    def open_leads(book: Book, owners: Sequence[Any], edition: int) -> Rows:
        read.append(list(owners))
        return reading.open_leads(book, owners, edition)

    monkeypatch.setattr(runs, "SAMPLE", 1)
    monkeypatch.setattr(runs, "open_leads", open_leads)
    return read


def test_of_many_owners_only_those_are_read_whose_leads_changed(office: Office, asked: list[list[Any]]) -> None:
    office.olim, office.anvar  # noqa: B018 - made in this order: the first one is the sample
    leads, at = filled(office), clock.now()
    rank_all(at=at, cause="test")
    assert rank_all(at=at, cause="test") == 0
    before = versions()
    Lead.objects.filter(pk=leads[1].pk).update(touched_at=at - timedelta(days=20))
    assert rank_all(at=at, cause="test") == 1
    assert asked[1:] == [[office.anvar.pk]]
    assert {pk for pk, row in versions().items() if row != before[pk]} == {leads[1].pk}
    assert RankRun.objects.latest().leads == 5
    everybody = rows()
    LeadScore.objects.all().delete()
    rank_all(at=at, cause="test")
    assert rows() == everybody
    assert set(asked[2]) > {office.olim.pk, office.anvar.pk}


def test_a_lead_that_closed_is_forgotten_when_many_owners_are_asked(office: Office, asked: list[list[Any]]) -> None:
    office.olim, office.anvar  # noqa: B018 - made in this order: the first one is the sample
    leads, at = filled(office), clock.now()
    rank_all(at=at, cause="test")
    Lead.objects.filter(pk=leads[1].pk).update(outcome="lost", closed_at=at)
    assert rank_all(at=at, cause="test") == 1
    assert asked[1:] == [[office.anvar.pk]]
    assert leads[1].pk not in rows()


def test_the_next_morning_cools_every_lead_and_writes_it_anew(office: Office) -> None:
    filled(office)
    at = clock.now()
    rank_all(at=at, cause="test")
    before = rows()
    assert rank_all(at=at + timedelta(days=1), cause="test") == len(before)
    assert all(rows()[lead][2] < row[2] for lead, row in before.items())


def test_an_event_rewrites_the_rows_it_concerns_and_no_others(office: Office) -> None:
    filled(office)
    at = clock.now()
    rank_all(at=at, cause="test")
    last, before = LeadScore.objects.filter(owner=office.olim).latest("rank"), versions()
    moves.move(lead=Lead.objects.get(pk=last.lead_id), to=office.stage("meeting", last.lead.kind), by=office.nodira,
               at=at, waive=True, reason="знаю")  # fmt: skip
    rank_owner(owner_id=office.olim.pk, at=at, cause="test")
    after = LeadScore.objects.get(pk=last.pk)
    moved = {lead for lead, version in versions().items() if before[lead] != version}
    between = LeadScore.objects.filter(owner=office.olim, rank__gte=min(after.rank, last.rank))
    assert last.pk in moved
    assert moved <= set(between.values_list("pk", flat=True))


def test_a_closed_lead_leaves_the_list_and_a_handed_one_changes_it(office: Office) -> None:
    leads = filled(office)
    at = clock.now()
    rank_all(at=at, cause="test")
    outcomes.close(lead=leads[3], outcome="lost", by=office.olim, at=at, reason=LossReason.objects.first())
    editing.assign(lead=leads[2], owner=office.oksana, by=office.nodira, at=at)
    rank_owner(owner_id=office.olim.pk, at=at, cause="test")
    assert leads[3].pk not in rows()
    assert sorted(s.rank for s in LeadScore.objects.filter(owner=office.olim)) == [1, 2]
    rank_owner(owner_id=office.oksana.pk, at=at, cause="test")
    assert rows()[leads[2].pk][:2] == (office.oksana.pk, 1)
    assert rank_all(at=at, cause="test") == 0


def test_whoever_takes_a_lead_over_first_keeps_it(office: Office) -> None:
    """The new owner's run comes before the old one's, which must not delete what is no longer his."""
    leads = filled(office)
    at = clock.now()
    rank_all(at=at, cause="test")
    editing.assign(lead=leads[2], owner=office.oksana, by=office.nodira, at=at)
    rank_owner(owner_id=office.oksana.pk, at=at, cause="test")
    rank_owner(owner_id=office.olim.pk, at=at, cause="test")
    assert rows()[leads[2].pk][0] == office.oksana.pk


def test_the_margin_is_the_products_else_the_initiatives_else_the_usual_one(office: Office) -> None:
    dear = Product.objects.create(code="dear", name="Ипотека", margin=Decimal("900000"))
    Product.objects.create(code="unknown", name="Вклад")
    own = office.lead(product_id=dear.pk, initiative_id=office.initiative.pk)
    led, bare = office.lead(initiative_id=office.initiative.pk), office.lead()
    rank_all(at=clock.now(), cause="test")
    margin = {lead: unpack(row[4]).margin for lead, row in rows().items()}
    assert (margin[own.pk], margin[led.pk], margin[bare.pk]) == (900_000, 420_000, 660_000)


def test_a_lead_at_a_retired_stage_is_ranked_by_the_stage_before_it(office: Office) -> None:
    lead = office.lead()
    moves.move(lead=lead, to=office.stage("custdev"), by=office.nodira, at=clock.now(), waive=True, reason="знаю")
    Stage.objects.filter(kind="agent", code="custdev").update(active=False)
    rank_all(at=clock.now(), cause="test")
    assert unpack(rows()[lead.pk][4]).hours == office.stage("meeting").effort_hours


def test_a_step_that_is_due_soon_asks_for_now_and_a_far_place_for_later(office: Office) -> None:
    due, others = office.lead(), [office.lead() for _n in range(3)]
    begins = calendar_of(office.olim).next_working_moment(hours.morning_of(clock.now()))
    Lead.objects.filter(pk=due.pk).update(next_action_at=begins + timedelta(hours=1))
    Stage.objects.filter(code="contact").update(effort_hours=30)
    rank_all(at=clock.now(), cause="test")
    proposed = {lead: row[3] for lead, row in rows().items()}
    assert proposed[due.pk] == 0
    assert max(proposed[lead.pk] for lead in others) == 3


def outcome(office: Office, segment: Segment, *, passed: bool, at: datetime) -> None:
    lead = office.lead(segment_id=segment.pk)
    if passed:
        moves.move(lead=lead, to=office.stage("meeting"), by=office.nodira, at=at, waive=True, reason="знаю")
    else:
        outcomes.close(lead=lead, outcome="lost", by=office.olim, at=at, reason=LossReason.objects.first())


def test_segments_that_bring_more_rise(office: Office) -> None:
    good, bad = office.segment, Segment.objects.create(kind="agent", name="Салоны", team=office.north)
    at = clock.now()
    for _n in range(6):
        outcome(office, good, passed=True, at=at)
        outcome(office, bad, passed=False, at=at)
    up, down, new = office.lead(segment_id=good.pk), office.lead(segment_id=bad.pk), office.lead()
    recount_rates(at=clock.now())
    rank_all(at=clock.now(), cause="test")
    score = {lead: row[2] for lead, row in rows().items()}
    assert score[up.pk] > score[new.pk] > score[down.pk]
    told = unpack(rows()[up.pk][4])
    assert (told.trials, told.passes) == (6, 6)


def test_nothing_after_the_moment_changes_what_was_learnt(office: Office) -> None:
    at = clock.now()
    outcome(office, office.segment, passed=True, at=at)
    before = learn(asof=at)["agent"].cells
    outcome(office, office.segment, passed=False, at=at + timedelta(hours=1))
    assert learn(asof=at)["agent"].cells == before
    assert learn(asof=at + timedelta(hours=1))["agent"].cells != before


def test_a_recount_without_news_changes_no_score(office: Office) -> None:
    at = clock.now()
    for passed in (True, False, True):
        outcome(office, office.segment, passed=passed, at=at)
    recount_rates(at=at)
    rank_all(at=at, cause="test")
    before = versions()
    cells = list(RateCell.objects.order_by("stage_id", "segment_id").values_list("n", "y", "trials"))
    recount_rates(at=at)
    assert list(RateCell.objects.order_by("stage_id", "segment_id").values_list("n", "y", "trials")) == cells
    assert rank_all(at=at, cause="test") == 0
    assert versions() == before


def test_half_lives_are_refitted_once_there_is_enough(office: Office) -> None:
    at, stage = clock.now(), office.stage("contact")
    lead = office.lead()
    entries = [
        StageEntry(
            lead_id=lead.pk, kind="agent", event="lost" if cold else "entered", origin="page", at=at,
            stage=stage if cold else office.stage("meeting"), from_stage=None if cold else stage,
            idle_hours=200.0 if cold else 1.0,
        )
        for cold in (True, False)
    ]  # fmt: skip
    StageEntry.objects.bulk_create(entries)
    recount_rates(at=at)
    assert not StageCooling.objects.exists(), "two attempts teach nothing"
    for _n in range(110):
        known = office.lead()
        for entry in entries:
            entry.pk, entry.lead_id = None, known.pk
        StageEntry.objects.bulk_create([entries[_n % 2]])
        other = office.lead()
        entries[(_n + 1) % 2].lead_id = other.pk
        StageEntry.objects.bulk_create([entries[(_n + 1) % 2]])
    recount_rates(at=at)
    assert StageCooling.objects.get(stage=stage).half_life_hours != stage.half_life_hours


@pytest.mark.parametrize(("hour", "day"), [(5, 21), (6, 22), (23, 22)])
def test_a_lists_morning_is_six_of_the_banks_day(hour: int, day: int) -> None:
    at = datetime.fromisoformat(f"2026-11-22T{hour:02d}:30:00+05:00")
    assert hours.morning_of(at) == datetime.fromisoformat(f"2026-11-{day}T06:00:00+05:00")
