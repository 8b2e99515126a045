"""What must hold whatever the numbers are."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from priority.ranking import rank
from priority.reason import explain, reason_columns, recompute, unpack
from priority.score import Leads, Scores, score_leads
from tests.priority.builders import FOUR, ONE, leads, learnt, rate

often = settings(max_examples=40, deadline=None)

tries = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.booleans(), st.floats(0, 120), st.floats(0, 500)
    ),
    max_size=60,
)
fresh_tries = st.lists(
    st.tuples(st.just(0), st.integers(0, 3), st.integers(0, 3), st.booleans(), st.floats(0, 120)), max_size=60
)
lead = st.fixed_dictionaries(
    {
        "segment": st.integers(0, 4),
        "utp": st.integers(0, 4),
        "stage": st.integers(0, 3),
        "margin": st.floats(0.01, 1e6),
        "idle": st.floats(0, 2000),
        "owner": st.integers(1, 3),
    }
)
some_leads = st.lists(lead, min_size=1, max_size=12)


def scored(rows: Leads, history: list) -> Scores:
    return score_leads(rows, learnt(history, FOUR), FOUR)


def order_of(rows: Leads, history: list) -> list[int]:
    scores = scored(rows, history)
    return rows.id[rank(rows.owner, scores.score, rows.id, scores.hours).order].tolist()


@often
@given(some_leads, tries)
def test_doubling_a_margin_never_lowers_a_lead(rows: list, history: list) -> None:
    before = order_of(leads(*rows), history)
    rows[0] = rows[0] | {"margin": 2 * rows[0]["margin"]}
    after = order_of(leads(*rows), history)
    assert after.index(0) <= before.index(0)


@often
@given(some_leads, tries)
def test_a_further_idle_day_never_raises_a_lead(rows: list, history: list) -> None:
    before = order_of(leads(*rows), history)
    rows[0] = rows[0] | {"idle": rows[0]["idle"] + 24}
    assert order_of(leads(*rows), history).index(0) >= before.index(0)


@often
@given(fresh_tries, st.integers(0, 4), st.integers(0, 4))
def test_a_further_loss_never_raises_its_cell(history: list, segment: int, utp: int) -> None:
    before = rate(learnt(history), segment, utp)
    after = rate(learnt([*history, (0, segment, utp, False)]), segment, utp)
    assert after <= before + 1e-12


@often
@given(fresh_tries)
def test_an_empty_cell_gets_the_blend(history: list) -> None:
    rows = learnt(history).rows(np.array([99]), np.array([98]))
    assert abs(rows.p[0, 0] - rows.blend[0, 0]) < 1e-12
    known = [one for one in history if (one[1], one[2]) != (0, 0)]
    rows = learnt(known).rows(np.array([0]), np.array([0]))
    assert abs(rows.p[0, 0] - rows.blend[0, 0]) < 1e-12


@often
@given(st.integers(0, 3), st.floats(0, 300))
def test_one_win_of_one_does_not_lead_for_its_rate_alone(stage: int, idle: float) -> None:
    history = [(stage, 1, 1, n % 5 < 3) for n in range(200)]
    history += [(stage, 2, n % 3, n % 5 == 0) for n in range(150)] + [(stage, 2, 9, True)]
    lucky = {"segment": 2, "utp": 9, "stage": stage, "idle": idle}
    proven = {"segment": 1, "utp": 1, "stage": stage, "idle": idle}
    assert order_of(leads(lucky, proven), history) == [1, 0]


@often
@given(some_leads, tries)
def test_all_margins_times_a_hundred_leave_the_order(rows: list, history: list) -> None:
    plain = leads(*rows)
    scores = scored(plain, history)
    richer = scored(replace(plain, margin=plain.margin * 100), history)
    assert np.allclose(richer.score, 100 * scores.score, rtol=1e-12)
    apart = np.diff(np.sort(scores.score)) > 1e-9 * scores.score.max()
    if apart.all():
        assert order_of(replace(plain, margin=plain.margin * 100), history) == order_of(plain, history)


@often
@given(some_leads, tries, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list, history: list, chance) -> None:
    numbered = [row | {"id": number} for number, row in enumerate(rows)]
    shuffled, told = list(numbered), list(history)
    chance.shuffle(shuffled)
    chance.shuffle(told)
    assert order_of(leads(*shuffled), told) == order_of(leads(*numbered), history)


@often
@given(some_leads, tries)
def test_the_reason_recomputes_the_score(rows: list, history: list) -> None:
    plain = leads(*rows)
    scores = scored(plain, history)
    for place, score in enumerate(scores.score.tolist()):
        reason = explain(scores, plain.stage, place)
        assert abs(recompute(reason) / score - 1) < 1e-6
        assert abs(eval(reason.formula()) / score - 1) < 1e-6
        assert unpack(reason.pack()) == reason
        assert reason.p_low <= reason.p <= reason.p_high
        assert reason.p <= reason.chance


@often
@given(some_leads, tries)
def test_one_lead_scores_the_same_alone_and_among_others(rows: list, history: list) -> None:
    together = scored(leads(*rows), history)
    alone = scored(leads(rows[-1]), history)
    assert alone.score[0] == together.score[-1]
    assert (reason_columns(together, leads(*rows).stage)[-1] == reason_columns(alone, leads(rows[-1]).stage)[0]).all()


@often
@given(some_leads, tries)
def test_what_comes_after_the_moment_changes_nothing(rows: list, history: list) -> None:
    later = [(*one[:4], -1.0 - one[4], one[5]) for one in history]
    assert order_of(leads(*rows), history) == order_of(leads(*rows), history + later)


def test_curiosity_can_be_switched_off() -> None:
    plain = replace(ONE, curiosity=0.0)
    rows = learnt([(0, 1, 1, True)] * 3, plain).rows(np.array([1]), np.array([1]))
    assert (rows.p == rows.p_plus).all()


def test_two_leads_alike_go_by_id() -> None:
    assert order_of(leads({"id": 9}, {"id": 3}, {"id": 5}), []) == [3, 5, 9]
