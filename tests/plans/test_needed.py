"""The way back from a goal: the numbers agree with the law they are drawn from, and say honestly what is not known."""

from math import comb

import numpy as np
import pytest

from plans.needed import MOST, Evidence, road

NO_EVIDENCE = Evidence(n=0, y=0, trials=0, passed=0, stage_n=0, stage_y=0, stage_trials=0, guess=0.5)


def _known(rate: float, trials: float = 1e7) -> Evidence:
    """So many leads that nothing is left to doubt but chance."""
    return Evidence(trials, trials * rate, int(trials), int(trials * rate), trials, trials * rate, int(trials), 0.5)


def _exact(wanted: int, chance: float, share: float) -> int:
    """The number of leads with which ``wanted`` get through in this share of cases: the law summed term by term."""
    total, taken = 0.0, wanted
    while True:
        total += comb(taken - 1, wanted - 1) * chance**wanted * (1 - chance) ** (taken - wanted)
        if total >= share:
            return taken
        taken += 1


@pytest.mark.parametrize(("wanted", "chance"), [(10, 0.22), (1, 0.5), (40, 0.6), (3, 0.05)])
def test_with_known_rates_the_band_is_that_of_the_negative_binomial_law(wanted: int, chance: float) -> None:
    first = road([_known(chance)], wanted).needed[0]
    for found, share in ((first.low, 0.1), (first.middle, 0.5), (first.high, 0.9)):
        exact = _exact(wanted, chance, share)
        assert abs(found - exact) <= max(1, exact * 0.03), (found, exact, share)


def test_steps_multiply_along_the_road() -> None:
    """Two known steps need what one step of their product needs."""
    two, one = road([_known(0.5), _known(0.4)], 12).needed[0], road([_known(0.2)], 12).needed[0]
    for a, b in zip((two.low, two.middle, two.high), (one.low, one.middle, one.high), strict=True):
        assert abs(a - b) <= 0.05 * b


def test_each_stage_needs_no_more_than_the_one_before_it() -> None:
    found = road([_known(0.3), _known(0.5), _known(0.7)], 10).needed
    middles = [one.middle for one in found]
    assert middles == sorted(middles, reverse=True)
    assert middles[-1] == 10


def test_less_evidence_widens_the_band_and_says_what_it_leans_on() -> None:
    sure = road([_known(0.5)], 10)
    few = road([Evidence(4, 2, 4, 2, 1e6, 5e5, 1_000_000, 0.5)], 10)
    none = road([NO_EVIDENCE], 10)
    widths = [found.needed[0].high - found.needed[0].low for found in (sure, few, none)]
    assert widths == sorted(widths)
    assert widths[0] < widths[2]
    assert [found.steps[0].leans_on_stage for found in (sure, few, none)] == [False, True, True]
    assert [found.steps[0].leans_on_guess for found in (sure, few, none)] == [False, False, True]


def test_a_rate_is_shrunk_as_the_ranking_shrinks_it() -> None:
    """(6 + 10·g) / (14 + 10) with g = (200 + 4·0.5) / (1000 + 4)."""
    step = road([Evidence(14, 6, 14, 6, 1000, 200, 1000, 0.5)], 1).steps[0]
    stage = (200 + 4 * 0.5) / (1000 + 4)
    assert step.rate == pytest.approx((6 + 10 * stage) / 24, abs=0.005)
    assert step.low < step.rate < step.high


def test_the_band_holds_the_truth_four_times_of_five() -> None:
    """Worlds whose segments scatter around their stage as the prior believes; the truth is then played out."""
    random = np.random.default_rng(4)
    inside = 0
    worlds = 200
    for _world in range(worlds):
        rates = random.beta(4, 6, size=2)
        steps = []
        for rate in rates:
            own = random.binomial(25, rate)
            steps.append(Evidence(25, own, 25, int(own), 100_000, 40_000, 100_000, 0.4))
        needed = road(steps, 10).needed[0]
        taken = 10 + random.negative_binomial(10, float(np.prod(rates)))
        inside += needed.low <= taken <= needed.high
    assert 0.72 <= inside / worlds <= 0.88


def test_a_band_that_ignores_the_doubt_of_the_rates_would_miss_far_more() -> None:
    """The control of the test above: the same worlds, with the seen shares taken for the truth."""
    random = np.random.default_rng(4)
    inside = 0
    worlds = 200
    for _world in range(worlds):
        rates = random.beta(4, 6, size=2)
        seen = [max(random.binomial(25, rate), 1) / 25 for rate in rates]
        needed = road([_known(min(share, 0.99)) for share in seen], 10).needed[0]
        taken = 10 + random.negative_binomial(10, float(np.prod(rates)))
        inside += needed.low <= taken <= needed.high
    assert inside / worlds < 0.7


def test_the_same_evidence_gives_the_same_numbers() -> None:
    assert road([NO_EVIDENCE, _known(0.3)], 7) == road([NO_EVIDENCE, _known(0.3)], 7)


def test_zero_is_zero_all_the_way() -> None:
    assert [one.high for one in road([NO_EVIDENCE], 0).needed] == [0, 0]


def test_the_first_stage_needs_what_is_wanted_of_it() -> None:
    assert road([], 5).needed[0].middle == 5


def test_a_hopeless_rate_names_no_upper_end() -> None:
    hopeless = Evidence(1e6, 0, 1_000_000, 0, 1e7, 0, 10_000_000, 0.01)
    found = road([hopeless] * 3, 1000).needed[0]
    assert found.beyond
    assert found.high == MOST


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        road([], -1)
