"""A verdict may be looked at every evening and still be honest."""

import numpy as np
import pytest

from priority.verdict import (
    Arm,
    Verdict,
    confirmed_of,
    evidence_value,
    expected_false,
    leads_for,
    plan_test,
    verdict,
    verdict_against,
)  # fmt: skip


def follow(rate_a: float, rate_b: float, seed: int, days: int = 90, per_day: float = 4.0) -> Verdict:
    """The verdict of the evening on which the judging stopped."""
    luck, a, b = np.random.default_rng(seed), Arm(0, 0), Arm(0, 0)
    for day in range(days):
        tried = luck.poisson(per_day), luck.poisson(per_day)
        a = a.plus(int(tried[0]), int(luck.binomial(tried[0], rate_a)))
        b = b.plus(int(tried[1]), int(luck.binomial(tried[1], rate_b)))
        found = verdict(a, b, running_days=day + 0.8)
        if found.word in {"confirmed", "no_difference"}:
            break
    return found


def test_by_hand() -> None:
    found = verdict(Arm(200, 20), Arm(200, 40), running_days=30)
    m_a, m_b = (20 + 20 * 0.15) / 220, (40 + 20 * 0.15) / 220
    z = (m_b - m_a) / np.sqrt(m_a * (1 - m_a) / 221 + m_b * (1 - m_b) / 221)
    assert z == pytest.approx(2.699, abs=0.001)
    assert found.chance_b_better == pytest.approx(0.99652, abs=1e-5)
    assert (found.word, found.better, found.needed) == ("confirmed", "B", 0)


def test_equals_are_seldom_told_apart_and_a_double_rate_is_mostly_found() -> None:
    equal = [follow(0.1, 0.1, seed).word for seed in range(150)]
    better = [follow(0.1, 0.2, seed) for seed in range(150)]
    assert equal.count("confirmed") <= 12
    right = sum(one.word == "confirmed" and one.better == "B" for one in better)
    assert right >= 125
    assert not any(one.word == "confirmed" and one.better == "A" for one in better)


def test_arms_swapped_swap_the_verdict() -> None:
    there, back = (
        verdict(*arms, running_days=9) for arms in ((Arm(300, 30), Arm(300, 60)), (Arm(300, 60), Arm(300, 30)))
    )
    assert (there.better, back.better) == ("B", "A")
    assert there.chance_b_better == pytest.approx(1 - back.chance_b_better)


def test_a_small_sample_is_never_confirmed_however_clear() -> None:
    assert verdict(Arm(99, 5), Arm(400, 200), running_days=9).word == "leaning"
    assert verdict(Arm(100, 5), Arm(400, 200), running_days=9).word == "confirmed"
    assert verdict(Arm(400, 0), Arm(400, 19), running_days=9).word == "leaning"


def test_after_ninety_days_nothing_is_claimed_any_more() -> None:
    arms = Arm(300, 30), Arm(300, 60)
    assert verdict(*arms, running_days=90).word == "confirmed"
    late = verdict(*arms, running_days=90.1)
    assert (late.word, late.better) == ("no_difference", "B")


def test_rates_that_hardly_differ_end_early_only_when_a_difference_worth_having_is_ruled_out() -> None:
    assert verdict(Arm(20_000, 6_000), Arm(20_000, 6_010), running_days=9).word == "no_difference"
    assert verdict(Arm(150, 15), Arm(150, 20), running_days=9).word == "collecting"


def test_nobody_came_yet() -> None:
    found = verdict(Arm(0, 0), Arm(0, 0), running_days=0)
    assert (found.word, found.better, found.chance_b_better) == ("collecting", None, 0.5)
    assert found.needed >= 100


def test_more_passed_than_tried_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot have passed"):
        Arm(3, 4)


def test_a_hypothesis_is_held_against_its_own_threshold() -> None:
    assert verdict_against(0.1, Arm(300, 60), running_days=30).word == "confirmed"
    assert verdict_against(0.1, Arm(300, 60), running_days=30).better == "B"
    assert verdict_against(0.1, Arm(300, 31), running_days=30).word == "collecting"
    assert verdict_against(0.3, Arm(300, 45), running_days=30).better == "A"
    with pytest.raises(ValueError, match="threshold"):
        verdict_against(0.0, Arm(3, 1), running_days=1)


def test_a_plan_that_cannot_end_in_a_quarter_says_so_before_it_starts() -> None:
    assert leads_for(0.1, 0.1) == 216
    assert plan_test(0.1, 0.1, leads_per_arm_a_day=4).within_quarter
    assert not plan_test(0.1, 0.02, leads_per_arm_a_day=4).within_quarter
    assert not plan_test(0.1, 0.1, leads_per_arm_a_day=0).within_quarter
    assert expected_false(20) == pytest.approx(1.0)


def test_an_e_value_grows_with_a_difference_and_seldom_without() -> None:
    def stream(rate_b: float, seed: int) -> list[tuple[Arm, Arm]]:
        luck = np.random.default_rng(seed)
        return [(Arm(10, int(luck.binomial(10, 0.2))), Arm(10, int(luck.binomial(10, rate_b)))) for _ in range(60)]

    assert sum(evidence_value(stream(0.4, seed)) > 20 for seed in range(20)) >= 18
    assert sum(evidence_value(stream(0.2, seed)) > 20 for seed in range(100)) <= 5


def test_of_several_tests_only_those_with_enough_evidence_for_all_stand() -> None:
    assert confirmed_of([100.0, 1.0, 45.0]) == [True, False, True]
    assert confirmed_of([25.0, 1.0, 1.0]) == [False, False, False]
    assert confirmed_of([]) == []
