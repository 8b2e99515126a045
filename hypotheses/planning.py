"""What a test asks for before it starts: leads, days, the chance of a word. Said even where it is unwelcome."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, isfinite, sqrt

from accounts.scope import subtree
from agents.selectors import branch_ids
from funnel.models import Stage
from hypotheses import evidence
from hypotheses.models import Hypothesis
from priority.chances import below
from priority.verdict import (
    LEAST_LEADS,
    LONGEST_DAYS,
    PLAN,
    SMALLEST_DIFFERENCE,
    leads_for,
    plan_test,
)

WEEKS_SEEN = 4
SURE = 2.5758293035489004
"""Standard deviations at which a difference is confirmed: the rule's 0.995."""
LONGEST_RIPENING = 30
_DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class TestPlan:
    """``leads_per_arm`` is what the rule asks for the difference sought, ``sample`` what the owner plans.

    Days are of the planned sample, at the rate at which leads of the segment came in the last weeks; None when none
    came. ``chance`` is that of a right verdict if the difference is real, at the planned sample, looked at once: daily
    looks only add to it. ``visible_difference`` is the smallest one that a quarter's leads can show.
    """

    arms: int
    sample: int
    leads_per_arm: int
    daily: float
    days: float | None
    rule_days: float | None
    chance: float
    visible_difference: float | None
    difference: float

    @property
    def whole_days(self) -> int | None:
        return None if self.days is None else ceil(self.days)

    @property
    def points(self) -> float:
        """The difference sought, in percentage points."""
        return round(self.difference * 100, 1)

    @property
    def visible_points(self) -> float | None:
        return None if self.visible_difference is None else round(self.visible_difference * 100, 1)

    @property
    def total(self) -> int:
        return self.sample * self.arms

    @property
    def within_quarter(self) -> bool:
        """Whether both the planned sample and what the rule asks for come together in a quarter."""
        return all(days is not None and days <= LONGEST_DAYS for days in (self.days, self.rule_days))

    @property
    def enough(self) -> bool:
        return self.sample >= self.leads_per_arm


def plan_of(hypothesis: Hypothesis, at: datetime) -> TestPlan:
    """Three queries: the branch of the segment, the team and below, the arrivals of the last four weeks."""
    arms = max(len(hypothesis.arms.all()), 1)
    daily = daily_arrivals(hypothesis, at)
    rate, difference = float(hypothesis.expected_rate), float(hypothesis.difference)
    asked = plan_test(rate, difference, daily / arms)
    return TestPlan(
        arms=arms,
        sample=hypothesis.sample,
        leads_per_arm=asked.leads_per_arm,
        daily=daily,
        days=hypothesis.sample * arms / daily if daily else None,
        rule_days=asked.days if isfinite(asked.days) else None,
        chance=chance_of_word(rate, difference, hypothesis.sample, arms),
        visible_difference=_visible(rate, daily / arms * LONGEST_DAYS),
        difference=difference,
    )


def daily_arrivals(hypothesis: Hypothesis, at: datetime) -> float:
    """Leads a day that came into this segment (and what narrows it) for this initiative in the last four weeks."""
    seen = timedelta(weeks=WEEKS_SEEN)
    came = evidence.arrivals(
        initiative_id=hypothesis.initiative_id,
        segments=branch_ids([hypothesis.segment_id]),
        funnel_id=hypothesis.success_stage.funnel_id,
        product_id=hypothesis.product_id,
        teams=subtree(hypothesis.team_id) if hypothesis.team_id else None,
        since=at - seen,
        asof=at,
    )
    return came / seen.days


def chance_of_word(rate: float, difference: float, sample: int, arms: int) -> float:
    """That so many leads an arm show such a difference at the rule's bar; a threshold has no spread of its own."""
    if sample < LEAST_LEADS:
        return 0.0
    spread = rate * (1 - rate) / sample * (1 if arms == 1 else 2)
    return below(difference / sqrt(spread) - SURE)


def _visible(rate: float, leads: float) -> float | None:
    """The smallest difference that so many leads an arm can show; None below the rule's minimum."""
    return sqrt(PLAN * rate * (1 - rate) / leads) if leads >= LEAST_LEADS else None


def default_difference(rate: float, refuted_below: float | None) -> float:
    """Down to what refutes it where that is given, else two of the smallest that the rule waits for."""
    if refuted_below is not None and refuted_below < rate:
        return rate - refuted_below
    return min(2 * SMALLEST_DIFFERENCE * rate, 1 - rate)


def default_sample(rate: float, difference: float) -> int:
    return leads_for(rate, difference)


def default_ripening(stage: Stage) -> int:
    """Days that a lead usually takes to the stage: the norms of the stages before it, a month at most."""
    before = stage.funnel.stages.filter(active=True, position__lt=stage.position)
    hours = sum(norm or 0 for norm in before.values_list("norm_hours", flat=True))
    return min(round(hours / _DAY_HOURS), LONGEST_RIPENING)
