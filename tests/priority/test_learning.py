"""Cooling that is refitted, and categories beyond segment and UTP."""

import numpy as np
import pytest

from priority.cooling import refitted
from priority.evidence import Attempts, from_attempts
from priority.rates import fit_rates
from priority.settings import EngineSettings
from tests.priority.builders import FOUR, ONE, TODAY


def cooling_market(factor: float, count: int, seed: int = 3) -> Attempts:
    """Attempts in a market where half of the leads go cold ``factor`` times later than is believed."""
    luck = np.random.default_rng(seed)
    stage, idle = luck.integers(0, 4, count), luck.exponential(100, count)
    half_life = factor * np.array(FOUR.half_life_hours)[stage]
    passed = luck.random(count) < 0.6 * 0.5 ** (idle / half_life)
    ones = np.ones(count, np.int64)
    return Attempts(stage, ones, ones, TODAY - luck.uniform(0, 60, count), idle, passed)


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_half_lives_come_near_the_truth(factor: float) -> None:
    ratio = refitted(cooling_market(factor, 3000), TODAY, FOUR) / np.array(FOUR.half_life_hours)
    assert ratio == pytest.approx(np.full(4, factor), rel=0.35)


def test_what_was_believed_holds_until_two_hundred_attempts() -> None:
    assert refitted(cooling_market(0.5, 199), TODAY, FOUR).tolist() == list(FOUR.half_life_hours)
    assert refitted(cooling_market(0.5, 200), TODAY, FOUR).tolist() != list(FOUR.half_life_hours)


def market_with_ages(count: int = 6000) -> tuple[Attempts, np.ndarray]:
    """Two extra categories that go together; only the first one matters: +1 in log-odds for its value 1."""
    luck = np.random.default_rng(5)
    age, segment = luck.integers(0, 2, count), luck.integers(0, 5, count)
    channel = np.where(luck.random(count) < 0.9, age, 1 - age)
    rate = 1 / (1 + np.exp(1.5 - age))
    ones = np.ones(count, np.int64)
    found = Attempts(
        0 * ones, segment, ones, np.full(count, TODAY), np.zeros(count), luck.random(count) < rate, (age, channel)
    )
    return found, rate


def test_further_categories_move_the_rate_and_are_not_counted_twice() -> None:
    found, _ = market_with_ages()
    rates = fit_rates(from_attempts(found, TODAY, ONE), ONE)
    one = np.ones(4, np.int64)
    rows = rates.rows(one, one, (np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1])))
    odds = np.log(rows.p[:, 0] / (1 - rows.p[:, 0]))
    assert odds[1] - odds[0] == pytest.approx(1.0, abs=0.35)
    assert odds[3] - odds[0] == pytest.approx(1.0, abs=0.35)
    assert abs(odds[2] - odds[0]) < 0.35


def test_a_value_never_seen_changes_nothing() -> None:
    found, _ = market_with_ages()
    rates = fit_rates(from_attempts(found, TODAY, ONE), ONE)
    bare = fit_rates(from_attempts(Attempts(*list(found.__dict__.values())[:6]), TODAY, ONE), ONE)
    one = np.ones(1, np.int64)
    strange = rates.rows(one, one, (np.array([77]), np.array([78]))).p[0, 0]
    assert strange == pytest.approx(bare.rows(one, one).p[0, 0])


def test_a_fast_market_forgets_faster() -> None:
    assert EngineSettings(evidence_half_life_days=14).evidence_half_life_days == 14
    tries = [np.zeros(40, np.int64), np.ones(40, np.int64), np.ones(40, np.int64)]
    at = np.where(np.arange(40) < 20, TODAY - 60, TODAY - 1)
    turned = Attempts(*tries, at, np.zeros(40), np.arange(40) < 20)
    slow = from_attempts(turned, TODAY, ONE)
    quick_settings = EngineSettings(
        prior_pass_rate=(0.3,), half_life_hours=(1e6,), stage_hours=(1.0,), evidence_half_life_days=14
    )
    quick = from_attempts(turned, TODAY, quick_settings)
    assert quick.y.sum() / quick.n.sum() < slow.y.sum() / slow.n.sum()
