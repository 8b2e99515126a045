"""The arithmetic by hand, on numbers small enough for a sheet of paper."""

from math import exp, log, sqrt

import numpy as np
import pytest

from priority.chances import wilson
from priority.evidence import Evidence, freshness, from_attempts
from priority.rates import fit_rates
from priority.score import score_leads, single_step
from priority.settings import EngineSettings
from tests.priority.builders import FOUR, ONE, TODAY, attempts, leads, learnt, rate, seen


def logit(p: float) -> float:
    return log(p / (1 - p))


def test_rates_are_shrunk_from_guess_to_stage_to_segment_and_utp_to_cell() -> None:
    tries = [(0, 1, 1, n < 3) for n in range(10)] + [(0, 1, 2, n < 8) for n in range(10)]
    g = (11 + 4 * 0.3) / (20 + 4)
    r, q = (11 + 10 * g) / (20 + 10), (3 + 10 * g) / (10 + 10)
    blend = 1 / (1 + exp(-(logit(r) + logit(q) - logit(g))))
    rows = learnt(tries).rows(np.array([1]), np.array([1]))
    assert rows.stage_rate[0] == pytest.approx(g)
    assert rows.segment_rate[0, 0] == pytest.approx(r)
    assert rows.utp_rate[0, 0] == pytest.approx(q)
    assert rows.blend[0, 0] == pytest.approx(blend)
    p = (3 + 20 * blend) / (10 + 20)
    assert rows.p[0, 0] == pytest.approx(p)
    assert rows.p_plus[0, 0] == pytest.approx(p + 0.5 * sqrt(p * (1 - p) / 30))
    assert (rows.trials[0, 0], rows.passes[0, 0]) == (10, 3)


def test_an_outcome_loses_half_of_its_weight_in_56_days_and_a_cold_trial_counts_as_its_freshness() -> None:
    found = seen([(0, 1, 1, True, 56.0, 0.0), (0, 1, 1, False, 0.0, 48.0)], FOUR)
    assert found.n.sum() == pytest.approx(0.5 + 0.5)
    assert found.y.sum() == pytest.approx(0.5)
    assert (found.trials.sum(), found.passes.sum()) == (2, 1)


def test_passes_from_cold_count_as_one_trial_at_least() -> None:
    warm = learnt([(0, 1, 1, True)] * 50, FOUR)
    cold = learnt([(0, 1, 1, True, 0.0, 480.0)] * 50, FOUR)
    assert rate(cold, 1, 1) == pytest.approx(rate(warm, 1, 1))


def test_freshness_halves_with_each_half_life_and_never_exceeds_one() -> None:
    assert freshness(np.array([0.0, 48.0, 96.0, -5.0]), np.array(48.0)) == pytest.approx([1, 0.5, 0.25, 1])


def test_score_is_margin_times_chance_over_the_hours_still_expected() -> None:
    settings = EngineSettings(curiosity=0.0)
    scores = score_leads(leads({"stage": 1, "margin": 420.0, "idle": 120.0}), learnt([], settings), settings)
    reach = 0.5 * 0.5
    effort = 1.0 + reach * (1.5 + 0.5 * 1.0)
    assert scores.onward[0] == pytest.approx(0.5 * 0.6)
    assert scores.further_hours[0] == pytest.approx(2.0)
    assert scores.score[0] == pytest.approx(420 * reach * 0.3 / effort)


def test_the_last_stage_has_nothing_after_it() -> None:
    scores = score_leads(leads({"stage": 3, "margin": 10.0}), learnt([], FOUR), FOUR)
    assert scores.onward[0] == 1
    assert scores.further_hours[0] == 0
    assert scores.score[0] == pytest.approx(10 * scores.chance[0] / 1.0)


def test_an_action_without_a_lead_is_worth_its_margin_times_its_chance_an_hour() -> None:
    assert single_step(np.array([300.0]), np.array([0.5]), np.array([1.5]))[0] == pytest.approx(100)


def test_stages_are_as_many_as_the_settings_say() -> None:
    seven = EngineSettings(
        prior_pass_rate=(0.5,) * 7, half_life_hours=(48.0,) * 7, stage_hours=(1.0,) * 7, curiosity=0.0
    )
    scores = score_leads(leads({}, settings=seven), learnt([(6, 1, 1, True)], seven), seven)
    assert scores.onward[0] == pytest.approx(0.5**5 * rate(learnt([(6, 1, 1, True)], seven), 1, 1, 6))


def test_counts_made_by_a_database_give_the_same_rates_as_single_attempts() -> None:
    tries = [(n % 4, n % 3, n % 2, n % 5 < 2, n / 7, float(n)) for n in range(200)]
    single = fit_rates(seen(tries, FOUR), FOUR)
    halves = seen(tries[:90], FOUR).merged(seen(tries[90:], FOUR))
    again = fit_rates(halves, FOUR)
    for segment, utp, stage in ((0, 0, 0), (1, 1, 3), (2, 0, 2), (9, 9, 1)):
        assert rate(again, segment, utp, stage) == pytest.approx(rate(single, segment, utp, stage), rel=1e-9)


def test_evidence_carried_to_a_later_day_equals_evidence_counted_on_that_day() -> None:
    tries = [(0, 1, n % 2, n % 3 == 0, n / 5) for n in range(60)]
    carried = seen(tries).carried(28, ONE)
    older = [(stage, segment, utp, passed, ago + 28) for stage, segment, utp, passed, ago in tries]
    counted = seen(older)
    assert carried.n == pytest.approx(counted.n, abs=1e-8)
    assert carried.y == pytest.approx(counted.y, abs=1e-8)
    assert (carried.trials == counted.trials).all()


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="same stages"):
        EngineSettings(prior_pass_rate=(0.3,))
    with pytest.raises(ValueError, match="between 0 and 1"):
        EngineSettings(prior_pass_rate=(0.3, 0.5, 1.0, 0.6))
    with pytest.raises(ValueError, match="positive"):
        EngineSettings(evidence_half_life_days=0)


def test_a_stage_that_nobody_configured_is_refused() -> None:
    with pytest.raises(ValueError, match="stage"):
        learnt([(1, 1, 1, True)], ONE)
    with pytest.raises(ValueError, match="stage"):
        score_leads(leads({"stage": 4}), learnt([], FOUR), FOUR)


def test_wilson_stands_beside_a_single_rate() -> None:
    assert wilson(12, 40) == pytest.approx((0.1807, 0.4543), abs=1e-3)
    assert wilson(0, 0) == (0.0, 1.0)


def test_nothing_known_gives_the_guess_with_a_wide_interval() -> None:
    nothing = fit_rates(seen([], FOUR), FOUR).rows(np.array([7]), np.array([8]))
    assert nothing.p[0] == pytest.approx(FOUR.prior_pass_rate)
    low, high = nothing.bounds(np.array([0]), np.array([0]))
    assert low[0] < 0.15
    assert high[0] > 0.5


def test_attempts_after_the_moment_asked_for_change_nothing() -> None:
    past = attempts((0, 1, 1, True, 3.0), (0, 1, 1, False, 2.0))
    more = attempts((0, 1, 1, True, 3.0), (0, 1, 1, False, 2.0), (0, 1, 1, True, -1.0), (0, 2, 2, True, -9.0))
    before, after = from_attempts(past, TODAY, ONE), from_attempts(more, TODAY, ONE)
    assert isinstance(after, Evidence)
    assert (before.n == after.n).all()
    assert (before.y == after.y).all()
