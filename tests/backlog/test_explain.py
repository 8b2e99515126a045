"""The reason in words adds up, and says what the person chose instead."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from backlog.explain import Explanation, explain, explain_action, sentence
from backlog.models import Action, ActionScore, Goal, Sprint
from backlog.ranking import rank_all, rank_owner, recount_rates
from common import clock
from leads.models import Lead
from leads.services import editing, moves, outcomes
from priority.reason import Reason
from tests.backlog.test_ranking import outcome
from tests.office import Office

pytestmark = pytest.mark.django_db


def product(found: Explanation) -> float:
    """The table of «Почему здесь?» multiplied out by hand, row after row."""
    margin, chance, fresh, onward, hours, further = (part.exact for part in found.parts)
    return margin * chance * fresh * onward / (hours + chance * fresh * further)


def test_the_shown_parts_multiply_to_the_stored_score(office: Office) -> None:
    lead = office.lead(utp_id=office.utp.pk, segment_id=office.segment.pk, product_id=office.product.pk)
    Lead.objects.filter(pk=lead.pk).update(touched_at=clock.now() - timedelta(days=3))
    rank_all(at=clock.now(), cause="test")
    found = explain(Lead.objects.get(pk=lead.pk), clock.now())
    assert found.score is not None
    assert product(found) == pytest.approx(found.score, rel=1e-9)
    assert found.recomputed == pytest.approx(found.score, rel=1e-9)
    assert eval(found.formula) == pytest.approx(found.score, rel=1e-6)


def test_the_sentence_says_what_the_score_is_made_of() -> None:
    reason = Reason(420_000, 0.36, 0.71, 0.18, 1.0, 4.3, 0.35, 0.2, 0.5, 40, 12, 30.0, 0.29, 0.06)
    with translation.override("ru"):
        text = sentence(reason, utp="УТП 3").replace("\u00a0", " ")
    assert text == (
        "маржа 420 тыс. сум × 26 % × 18 % ÷ 2,1 ч; остыл до 71 %; 12 из 40 таких прошли; "
        "УТП «УТП 3»: +6 п. п. к сегменту"
    )


def test_the_comparison_names_the_segment_and_the_others(office: Office) -> None:
    at = clock.now()
    for passed in (True, True, False):
        outcome(office, office.segment, passed=passed, at=at)
    other = office.lead()
    outcomes.close(lead=other, outcome="archived", by=office.olim, at=at, note="не тот")
    lead = office.lead(segment_id=office.segment.pk)
    recount_rates(at=clock.now())
    rank_all(at=clock.now(), cause="test")
    with translation.override("ru"):
        said = explain(lead, clock.now()).comparison.replace("\u00a0", " ")
    assert said == "Сегмент «Оценщики»: 2 из 3 дошли до этапа «Созвон-встреча», против 0 из 1 в других."


def test_a_lead_that_is_not_ranked_says_why(office: Office) -> None:
    lead, nobodys = office.lead(), office.lead()
    editing.assign(lead=nobodys, owner=None, by=office.nodira, at=clock.now())
    nobodys.refresh_from_db()
    with translation.override("ru"):
        assert "ещё не посчитана" in explain(lead, clock.now()).sentence
        assert "нет владельца" in explain(nobodys, clock.now()).sentence


def action(office: Office, **fields: object) -> Action:
    sprint = Sprint.objects.create(owner=office.olim, team=office.north, starts_on="2026-11-16")
    goal = Goal.objects.create(
        sprint=sprint, owner=office.olim, statement="10 устных контрактов", metric="verbal_contract", target=10,
        due_on="2026-11-20", segment=office.segment, unit_margin=fields.pop("unit_margin", None),
        initiative=fields.pop("initiative", None),
    )  # fmt: skip
    return Action.objects.create(owner=office.olim, goal=goal, title="Обзвон", due_at=clock.now(), **fields)


def test_an_action_without_a_lead_is_worth_what_its_goals_metric_stands_for(office: Office) -> None:
    found = explain_action(action(office, unit_margin=Decimal(100_000), minutes=120, expected=2), clock.now())
    assert found.score == pytest.approx(200_000 * 0.5 / 2)
    assert product(found) == pytest.approx(found.score)


def test_the_stored_score_of_an_action_is_the_explained_one_and_a_second_run_writes_nothing(office: Office) -> None:
    made = action(office, unit_margin=Decimal(100_000), minutes=120)
    explained = explain_action(made, clock.now()).score
    rank_owner(owner_id=office.olim.pk, at=clock.now(), cause="test")
    assert ActionScore.objects.get(action=made).score == pytest.approx(explained)
    assert rank_owner(owner_id=office.olim.pk, at=clock.now(), cause="test") == 0
    Action.objects.filter(pk=made.pk).update(status="done")
    rank_owner(owner_id=office.olim.pk, at=clock.now(), cause="test")
    assert not ActionScore.objects.exists()


def test_without_a_margin_of_its_metric_the_goal_takes_the_products(office: Office) -> None:
    found = explain_action(action(office, initiative=office.initiative, minutes=60), clock.now())
    assert found.score == pytest.approx(420_000 * 0.6 * 0.7 * 0.5)


def test_an_action_without_any_margin_has_no_score(office: Office) -> None:
    assert explain_action(action(office), clock.now()).score is None


def test_ones_own_priority_stands_and_the_engine_says_what_it_would_do(office: Office) -> None:
    lead = office.lead()
    rank_all(at=clock.now(), cause="test")
    chosen = Action(owner=office.olim, lead=lead, title="Звонок", priority=3, priority_own=True, due_at=clock.now())
    with translation.override("ru"):
        assert explain_action(chosen, clock.now()).own == "Движок поставил бы 1."
        chosen.priority_own = False
        assert explain_action(chosen, clock.now()).own == ""


def test_explaining_a_lead_costs_few_queries(office: Office, django_assert_max_num_queries: object) -> None:
    lead = office.lead(utp_id=office.utp.pk, segment_id=office.segment.pk)
    moves.move(lead=lead, to=office.stage("meeting"), by=office.nodira, at=clock.now(), waive=True, reason="знаю")
    rank_all(at=clock.now(), cause="test")
    fresh = Lead.objects.get(pk=lead.pk)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        explain(fresh, clock.now())
