"""Is B better than A? A verdict that may be looked at every evening without fooling anybody.

Looking daily at "probability to be best > 0.95" calls every second pair of equals different; the bar here
(0.995, a minimum of leads, an end date) keeps false verdicts at three to five in a hundred.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, inf, log, sqrt
from typing import Literal

from priority.chances import below, density

Word = Literal["confirmed", "leaning", "no_difference", "collecting"]

CONFIRMED_AT = 0.995
LEANING_AT = 0.95
SHRINK = 20.0
"""Leads that the pooled rate counts for in each arm."""
LEAST_LEADS = 100
"""In each arm."""
LEAST_PASSED = 20
"""In both arms together."""
LONGEST_DAYS = 90.0
WORTH = 0.02
"""An expected loss below this share of the pooled rate is not worth waiting for."""
SURE_SIDES = 1.96
"""Standard deviations within which a difference must be too small before the search ends early."""
SMALLEST_DIFFERENCE = 0.2
"""Share of the pooled rate: a smaller difference is neither planned for nor waited for."""
PLAN = 16.0 * 1.5
"""Leads per arm times d²/(p(1-p)): 16 for an ordinary test, half as much again for this bar."""
FALSE_SHARE = 0.05
"""Share of tests of equals that end as confirmed, measured over 90 daily looks: 3 to 5 in a hundred."""


@dataclass(frozen=True)
class Arm:
    """Leads tried and passed at the stage of interest. Raises ValueError where the counts cannot be."""

    n: int
    k: int

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise ValueError(f"{self.k} of {self.n} cannot have passed")

    def plus(self, n: int, k: int) -> "Arm":
        return Arm(self.n + n, self.k + k)


@dataclass(frozen=True)
class Verdict:
    word: Word
    better: Literal["A", "B"] | None
    """The leader: claimed where confirmed, chosen for want of a difference, or merely ahead."""
    chance_b_better: float
    needed: int
    """More leads per arm that the sample still wants; 0 after a final word."""
    expected_loss: float
    """Rate lost, on average, by choosing the leader now."""


def verdict(a: Arm, b: Arm, *, running_days: float) -> Verdict:
    """Compare two arms whose leads got theirs at random. ``running_days``: since the first lead of the test."""
    pooled = (a.k + b.k) / (a.n + b.n) if a.n + b.n else 0.0
    mean_a, spread_a = _shrunk(a, pooled)
    mean_b, spread_b = _shrunk(b, pooled)
    enough = min(a.n, b.n) >= LEAST_LEADS and a.k + b.k >= LEAST_PASSED
    wanted = max(_more(pooled, mean_b - mean_a, min(a.n, b.n)), 0)
    return _judged(mean_b - mean_a, spread_a + spread_b, pooled, enough, running_days, wanted)


def verdict_against(threshold: float, b: Arm, *, running_days: float) -> Verdict:
    """A hypothesis against its own threshold: the threshold is an arm A that is known for certain.

    The rate is shrunk to the threshold, which is what the hypothesis has to beat. Raises ValueError for a threshold
    outside 0 to 1.
    """
    if not 0 < threshold < 1:
        raise ValueError("a threshold must lie between 0 and 1")
    mean, spread = _shrunk(b, threshold)
    enough = b.n >= LEAST_LEADS and b.k >= LEAST_PASSED
    wanted = _more(threshold, mean - threshold, b.n)
    return _judged(mean - threshold, spread, threshold, enough, running_days, wanted)


def _shrunk(arm: Arm, rate: float) -> tuple[float, float]:
    mean = (arm.k + SHRINK * rate) / (arm.n + SHRINK)
    return mean, mean * (1 - mean) / (arm.n + SHRINK + 1)


def _judged(ahead: float, spread: float, rate: float, enough: bool, running_days: float, wanted: int) -> Verdict:
    sd = sqrt(spread)
    z = ahead / sd if sd > 0 else 0.0
    chance = below(z)
    loss = sd * (density(z) - abs(z) * below(-abs(z)))
    leader: Literal["A", "B"] | None = "B" if z > 0 else "A" if z < 0 else None
    sure = max(chance, 1 - chance)
    word: Word = "collecting"
    if running_days > LONGEST_DAYS:
        word = "no_difference"
    elif sure >= CONFIRMED_AT and enough:
        word = "confirmed"
    elif sure >= LEANING_AT:
        word = "leaning"
    elif enough and loss < WORTH * rate and abs(ahead) + SURE_SIDES * sd < SMALLEST_DIFFERENCE * rate:
        # The loss alone is small on the way to a clear lead too: stopping there would cost half of the right verdicts.
        word = "no_difference"
    final = word in {"confirmed", "no_difference"}
    return Verdict(word, leader, chance, 0 if final else max(wanted, 1), loss)


def leads_for(rate: float, difference: float) -> int:
    """Leads per arm that a verdict on such a difference of rates wants: about 24·p(1-p)/d²."""
    return max(ceil(round(PLAN * rate * (1 - rate) / difference**2, 6)), LEAST_LEADS)


def _more(rate: float, difference: float, have: int) -> int:
    """More leads per arm; 0 where the sample is there."""
    aim = max(abs(difference), SMALLEST_DIFFERENCE * rate)
    plan = leads_for(rate, aim) if aim > 0 else LEAST_LEADS
    return max(plan - have, 0)


@dataclass(frozen=True)
class Plan:
    """What a test asks for before it starts."""

    leads_per_arm: int
    days: float
    within_quarter: bool
    """False: say so before it starts."""


def plan_test(rate: float, difference: float, leads_per_arm_a_day: float) -> Plan:
    """How long a test will take. Rates 0 to 1; ``difference`` is the smallest one worth finding, more than 0."""
    leads = leads_for(rate, difference)
    days = leads / leads_per_arm_a_day if leads_per_arm_a_day > 0 else inf
    return Plan(leads, days, days <= LONGEST_DAYS)


def expected_false(running: int) -> float:
    """False confirmations to expect of so many running tests if none of them hides a difference."""
    return FALSE_SHARE * running


def evidence_value(days: Sequence[tuple[Arm, Arm]]) -> float:
    """An e-value against "A and B are equal", for tests without an end date: may be looked at whenever.

    Each day's leads are judged by rates learnt from earlier days only (Turner, Ly and Grünwald, 2021: both arms'
    likelihood over that of the mean rate, weighted by the arms' leads). Above 1/alpha it refutes equality at alpha.
    """
    total, seen_a, seen_b = 0.0, Arm(0, 0), Arm(0, 0)
    for a, b in days:
        rate_a, rate_b = (seen_a.k + 1) / (seen_a.n + 2), (seen_b.k + 1) / (seen_b.n + 2)
        if a.n + b.n:
            equal = (a.n * rate_a + b.n * rate_b) / (a.n + b.n)
            total += _likelihood(a, rate_a) + _likelihood(b, rate_b) - _likelihood(a.plus(b.n, b.k), equal)
        seen_a, seen_b = seen_a.plus(a.n, a.k), seen_b.plus(b.n, b.k)
    return exp(min(total, 700.0))


def _likelihood(arm: Arm, rate: float) -> float:
    return arm.k * log(rate) + (arm.n - arm.k) * log(1 - rate)


def confirmed_of(e_values: Sequence[float], alpha: float = 0.05) -> list[bool]:
    """Which of several tests stand confirmed, with at most ``alpha`` of those false on average (e-BH)."""
    tests = len(e_values)
    ranked = sorted(e_values, reverse=True)
    most = max((m for m in range(1, tests + 1) if ranked[m - 1] >= tests / (alpha * m)), default=0)
    return [most > 0 and value >= tests / (alpha * most) for value in e_values]
