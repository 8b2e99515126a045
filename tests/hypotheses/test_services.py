"""Writing a hypothesis down, starting it, deciding: what is locked, what is refused, what is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest

from agents.models import Product, Segment, Utp
from agents.services.offers import save_utp
from common import clock
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed, NotFound
from hypotheses.access import get_hypothesis_for
from hypotheses.models import Hypothesis, Verdict
from hypotheses.planning import plan_of
from hypotheses.services.deciding import decide
from hypotheses.services.editing import Locked, create_hypothesis, new_edition, update_hypothesis
from hypotheses.services.running import NotRunning, Overlaps, start, stop
from hypotheses.wording import sentence_of
from leads.drafts import LeadDraft
from leads.services.intake import take_in
from priority import verdict as rule
from tests.hypotheses.bench import draft, running, sample, second_utp, without_leads
from tests.hypotheses.test_assignment import drafts
from tests.office import Office

pytestmark = pytest.mark.django_db


def refused(office: Office, **fields: object) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        draft(office, **fields)
    return {(error.field, error.code) for error in caught.value.errors}


def test_a_draft_counts_what_was_not_given(office: Office) -> None:
    row = draft(office, mature_days=None, success_stage=office.stage("custdev"))
    assert row.difference == Decimal("0.08")
    assert row.sample == rule.leads_for(0.2, 0.08)
    assert row.mature_days == 8
    assert (row.code, row.owner, row.team) == ("H-1", office.olim, office.north)
    assert draft(office, utps=[office.utp]).code == "H-2"


def test_down_to_what_refutes_it_is_the_difference_sought(office: Office) -> None:
    assert draft(office, refuted_below=Decimal("0.15")).difference == Decimal("0.05")


def test_the_sentence_says_it_all(office: Office) -> None:
    row = draft(office, utps=[office.utp], problem="не верят оценке", sample=60)
    assert str(sentence_of(row, "20 %")) == (
        "Для сегмента «Оценщики» при проблеме «не верят оценке» УТП «Машина с оценкой банка продаётся быстрее» "
        "даст «Созвон-встреча» ≥ 20 % за 60 лидов"
    )


def test_what_makes_no_sense_is_refused_by_field(office: Office) -> None:
    other = Segment.objects.create(kind="agent", name="Риелторы", team=office.north)
    foreign = Utp.objects.create(segment=other, statement="Чужое", team=office.north)
    assert refused(office, expected_rate="1") == {("expected_rate", "range")}
    assert refused(office, expected_rate="0") == {("expected_rate", "range")}
    assert refused(office, refuted_below=Decimal("0.3")) == {("refuted_below", "range")}
    assert refused(office, success_stage=office.stage("contact")) == {("success_stage", "first")}
    assert refused(office, success_stage=office.stage("meeting", "client")) == {("success_stage", "other_funnel")}
    assert refused(office, sample=9) == {("sample", "range")}
    assert refused(office, mature_days=61) == {("mature_days", "range")}
    assert refused(office, utps=[office.utp, office.utp]) == {("utps", "repeated")}
    assert refused(office, utps=[foreign]) == {("utps", "other_segment")}
    with pytest.raises(Invalid):
        create_hypothesis(by=office.olim, fields={"segment": office.segment}, utps=[office.utp])


def test_a_promise_of_the_wider_segment_fits_the_narrow_one(office: Office) -> None:
    narrow = Segment.objects.create(kind="agent", name="Оценщики Kia", parent=office.segment, team=office.north)
    assert draft(office, segment=narrow).segment == narrow


def test_strangers_see_nothing_and_readers_write_nothing(office: Office) -> None:
    row = draft(office)
    assert get_hypothesis_for(office.nodira, row.pk) == row
    for stranger in (office.sitora, office.anvar, office.lola):
        with pytest.raises(NotFound):
            get_hypothesis_for(stranger, row.pk)
    with pytest.raises(NotAllowed):
        start(hypothesis=row, by=office.aziz, at=clock.now())


def test_a_draft_is_mended_with_its_version(office: Office) -> None:
    row = draft(office)
    saved = update_hypothesis(hypothesis=row, by=office.olim, changes={"sample": 77}, expected_version=row.version)
    assert (saved.sample, saved.version) == (77, 2)
    with pytest.raises(StaleVersion):
        update_hypothesis(hypothesis=row, by=office.olim, changes={"sample": 78}, expected_version=1)


def test_other_arms_are_another_version(office: Office) -> None:
    row = draft(office)
    saved = update_hypothesis(hypothesis=row, by=office.olim, changes={}, utps=[office.utp], expected_version=1)
    assert saved.version == 2
    assert [arm.utp for arm in saved.arms.all()] == [office.utp]


@pytest.mark.parametrize("changes", [{"sample": 500}, {"expected_rate": Decimal("0.5")}, {"problem": "другая"}])
def test_what_runs_is_locked(office: Office, changes: dict[str, object]) -> None:
    row = running(office)
    with pytest.raises(Locked) as caught:
        update_hypothesis(hypothesis=row, by=office.olim, changes=changes)
    assert [error.field for error in caught.value.errors] == list(changes)
    with pytest.raises(Locked):
        update_hypothesis(hypothesis=row, by=office.olim, changes={}, utps=[office.utp])


def test_a_change_of_what_runs_is_a_new_edition_that_takes_its_place(office: Office) -> None:
    row = running(office)
    second = new_edition(hypothesis=row, by=office.olim)
    assert (second.code, second.replaces, second.status) == ("H-1.2", row, "draft")
    assert second.seed != row.seed
    assert new_edition(hypothesis=row, by=office.olim) == second
    update_hypothesis(hypothesis=second, by=office.olim, changes={"sample": 200})
    start(hypothesis=second, by=office.olim, at=clock.now())
    row.refresh_from_db()
    assert row.status == "stopped"
    assert row.verdicts.get().reason == "Идёт новая версия: H-1.2"


def test_a_start_is_once(office: Office) -> None:
    row = draft(office)
    first = start(hypothesis=row, by=office.olim, at=clock.now())
    again = start(hypothesis=row, by=office.olim, at=clock.now() + timedelta(hours=1))
    assert again.started_at == first.started_at


def test_two_tests_of_the_same_leads_do_not_run_together(office: Office) -> None:
    running(office)
    narrow = Segment.objects.create(kind="agent", name="Оценщики Kia", parent=office.segment, team=office.north)
    inside = draft(office, segment=narrow)
    with pytest.raises(Overlaps) as caught:
        start(hypothesis=inside, by=office.olim, at=clock.now())
    assert "H-1" in caught.value.message
    assert caught.value.other is not None


def test_tests_of_other_products_segments_and_teams_do_run_together(office: Office) -> None:
    running(office, product=office.product)
    cards = Product.objects.create(code="card", name="Карта")
    assert running(office, product=cards).is_running
    other = Segment.objects.create(kind="agent", name="Риелторы", team=office.north)
    promise = Utp.objects.create(segment=other, statement="Риелторам", team=office.north)
    assert running(office, segment=other, utps=[promise]).is_running
    south = draft(office, by=office.sitora, utps=[Utp.objects.create(statement="Общее")])
    assert start(hypothesis=south, by=office.sitora, at=clock.now()).is_running


def test_a_strangers_test_in_the_way_is_not_named(office: Office) -> None:
    bank = draft(office, by=office.adiba)
    start(hypothesis=bank, by=office.adiba, at=clock.now())
    with pytest.raises(Overlaps) as caught:
        start(hypothesis=draft(office), by=office.olim, at=clock.now())
    assert caught.value.other is None
    assert bank.code not in caught.value.message


def test_a_retired_promise_does_not_start(office: Office) -> None:
    row = draft(office)
    save_utp(by=office.olim, utp=office.utp, fields={"active": False})
    with pytest.raises(Invalid) as caught:
        start(hypothesis=row, by=office.olim, at=clock.now())
    assert caught.value.errors[0].code == "retired"


def test_the_plan_counts_days_by_the_leads_of_the_last_weeks(office: Office) -> None:
    take_in(drafts=drafts(office, 56), by=office.olim, at=clock.now(), origin="api")
    [south] = drafts(office, 1)
    foreign = LeadDraft(kind="agent", owner=office.sitora, fields=south.fields, party=south.party)
    take_in(drafts=[foreign], by=office.sitora, at=clock.now(), origin="api")
    plan = plan_of(draft(office, sample=60), clock.now())
    assert plan.daily == 2
    assert plan.days == 60
    assert plan.rule_days == pytest.approx(plan.leads_per_arm)
    assert not plan.within_quarter
    assert plan.visible_difference is None


def test_a_plan_without_arrivals_never_ends(office: Office) -> None:
    plan = plan_of(draft(office), clock.now())
    assert (plan.days, plan.rule_days, plan.within_quarter) == (None, None, False)


def test_a_plan_of_the_rules_size_finds_a_real_difference_four_times_in_five_at_one_look(office: Office) -> None:
    assert 0.78 < plan_of(draft(office), clock.now()).chance < 0.9
    assert plan_of(draft(office, sample=60), clock.now()).chance == 0


def test_a_verdict_before_the_sample_asks_why(office: Office) -> None:
    row = running(office)
    with pytest.raises(Invalid) as caught:
        decide(hypothesis=row, by=office.olim, at=clock.now(), decision="refuted")
    assert [(e.field, e.code) for e in caught.value.errors] == [("reason", "required")]
    closed = decide(hypothesis=row, by=office.olim, at=clock.now(), decision="refuted", reason="Все смеются")
    assert (closed.status, closed.verdict) == ("decided", "refuted")
    kept = Verdict.objects.get()
    assert (kept.rule, kept.early, kept.reason) == ("collecting", True, "Все смеются")
    assert [count["n"] for count in kept.counts] == [0, 0]


def test_a_verdict_with_the_rule_and_the_sample_needs_no_words(office: Office) -> None:
    row = ripe(office)
    first, second = row.arms.all()
    decided = decide(hypothesis=row, by=office.olim, at=clock.now(), decision="confirmed")
    assert decided.winner == second
    assert Verdict.objects.get().counts == [
        {"arm": first.pk, "utp": str(first.utp_id), "n": 200, "k": 40, "open": 0},
        {"arm": second.pk, "utp": str(second.utp_id), "n": 200, "k": 90, "open": 0},
    ]


def test_a_verdict_against_the_rule_asks_why(office: Office) -> None:
    row = ripe(office)
    with pytest.raises(Invalid):
        decide(hypothesis=row, by=office.olim, at=clock.now(), decision="refuted")


def ripe(office: Office) -> Hypothesis:
    without_leads()
    row = running(office, at=clock.now() - timedelta(days=40), sample=150)
    since = clock.now() - timedelta(days=30)
    stages = office.stage("contact"), office.stage("meeting")
    for arm, reached in zip(row.arms.all(), (40, 90), strict=True):
        sample(arm, [("reached" if n < reached else "failed", since) for n in range(200)], stages)
    return row


def test_still_collecting_leaves_it_running(office: Office) -> None:
    row = decide(hypothesis=running(office), by=office.olim, at=clock.now(), decision="collecting")
    assert (row.status, row.verdict) == ("running", "collecting")


def test_confirming_without_a_leader_asks_which(office: Office) -> None:
    row = running(office)
    with pytest.raises(Invalid) as caught:
        decide(hypothesis=row, by=office.olim, at=clock.now(), decision="confirmed", reason="Так решили")
    assert caught.value.errors[0].field == "winner"
    other = draft(office, by=office.sitora, utps=[Utp.objects.create(statement="Общее")])
    foreign = other.arms.get()
    with pytest.raises(Invalid):
        decide(hypothesis=row, by=office.olim, at=clock.now(), decision="confirmed", reason="Да", winner=foreign)
    arm = row.arms.last()
    decided = decide(hypothesis=row, by=office.olim, at=clock.now(), decision="confirmed", reason="Да", winner=arm)
    assert decided.winner == arm


def test_a_verdict_is_once_and_only_for_what_runs(office: Office) -> None:
    row = running(office)
    decide(hypothesis=row, by=office.olim, at=clock.now(), decision="refuted", reason="Нет")
    decide(hypothesis=row, by=office.olim, at=clock.now(), decision="refuted", reason="Нет")
    assert Verdict.objects.count() == 1
    with pytest.raises(NotRunning):
        decide(hypothesis=row, by=office.olim, at=clock.now(), decision="confirmed", reason="Да")
    with pytest.raises(NotRunning):
        start(hypothesis=row, by=office.olim, at=clock.now())
    with pytest.raises(Invalid):
        decide(hypothesis=running(office, sample=60), by=office.olim, at=clock.now(), decision="stopped", reason="—")


def test_stopping_asks_why_and_keeps_it(office: Office) -> None:
    row = running(office)
    with pytest.raises(Invalid):
        stop(hypothesis=row, by=office.olim, at=clock.now(), reason=" ")
    stop(hypothesis=row, by=office.olim, at=clock.now(), reason="Сегмент закончился")
    stop(hypothesis=row, by=office.olim, at=clock.now(), reason="Ещё раз")
    assert [item.reason for item in Verdict.objects.all()] == ["Сегмент закончился"]


def test_a_second_utp_is_named_second(office: Office) -> None:
    row = draft(office, utps=[second_utp(office), office.utp])
    assert [arm.letter for arm in row.arms.all()] == ["A", "B"]
