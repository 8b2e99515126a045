"""How many leads it takes to get so many further down the funnel: plain arithmetic, no database.

The number needed is what a person would count if he went on taking leads until the wanted number of them had got
through. Two things are unknown, and the interval holds both:

- the rates. A stage's rate is a Beta distribution around the owner's guess, a segment's rate one around the stage's,
  with the same weights as the ranking uses (``priority.rates``); their products along the road are drawn together.
- chance. Under given rates the leads taken until the n-th gets through follow the negative binomial law
  (n + NegBin(n, p)); one number is drawn from it for every draw of the rates.

``docs/adr/0020-the-needed-leads-are-drawn.md`` tells why they are drawn and not approximated. The seed is fixed: the
same evidence gives the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from priority.chances import Floats
from priority.settings import EngineSettings

DRAWS = 20_000
SEED = 20_261
BAND = (0.1, 0.9)
"""Four times of five the number lies inside: the band that the forecast shows too."""
SURE = (0.025, 0.975)
"""Single rates stand with 95 %, as everywhere."""
FEW = 10
"""Fewer resolved leads say little of a share."""
FLOOR = 1e-4
"""A rate is not believed to be smaller: keeps the drawn numbers finite."""
MOST = 1_000_000
"""Above this a number is not worth naming."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Leads that passed or were lost at one stage. ``n`` and ``y`` fade with age, ``trials`` and ``passed`` are as
    people count them; ``stage_*`` are those of all segments, this one included. ``guess`` is the owner's, 0 to 1."""

    n: float
    y: float
    trials: int
    passed: int
    stage_n: float
    stage_y: float
    stage_trials: int
    guess: float


@dataclass(frozen=True, slots=True)
class StepRate:
    """The share of leads of a stage that get further, with its 95 % interval, and what it leans on."""

    rate: float
    low: float
    high: float
    trials: int
    passed: int
    leans_on_stage: bool
    """The segment has few of its own: the stage's general share speaks."""
    leans_on_guess: bool
    """The stage has few in all segments together: the owner's guess speaks."""


@dataclass(frozen=True, slots=True)
class Needed:
    """Leads that must reach one stage: the middle, and the band of four times out of five."""

    middle: int
    low: int
    high: int

    @property
    def beyond(self) -> bool:
        """The upper end is too high to be named."""
        return self.high >= MOST


@dataclass(frozen=True, slots=True)
class Road:
    """``needed`` from the first stage to the one that is wanted, itself included; ``steps`` are the rates between."""

    steps: tuple[StepRate, ...]
    needed: tuple[Needed, ...]


def road(steps: Sequence[Evidence], wanted: int, settings: EngineSettings | None = None) -> Road:
    """``steps`` are the stages before the wanted one, first stage first; ``wanted`` leads are to reach it, 0 or more.

    Raises ValueError for a negative number.
    """
    if wanted < 0:
        raise ValueError("a number of leads is not negative")
    random = np.random.default_rng(SEED)
    drawn = [_drawn(step, settings or EngineSettings(), random) for step in steps]
    needed, through = [Needed(wanted, wanted, wanted)], np.ones(DRAWS)
    for rates in reversed(drawn):
        through = through * rates
        needed.append(_needed(wanted, through, random))
    return Road(tuple(_rate(step, rates) for step, rates in zip(steps, drawn, strict=True)), tuple(reversed(needed)))


def _drawn(step: Evidence, settings: EngineSettings, random: np.random.Generator) -> Floats:
    """Rates of the segment at this stage, as many as draws: first the stage's own, around each the segment's."""
    stage = _beta(random, step.stage_y, step.stage_n, np.full(DRAWS, step.guess), settings.guess_weight)
    return _beta(random, step.y, step.n, stage, settings.main_weight)


def _beta(random: np.random.Generator, y: float, n: float, prior: Floats, weight: float) -> Floats:
    """Draws from Beta(y + weight·prior, n − y + weight·(1 − prior)): its mean is the shrunk rate of the ranking."""
    failed = max(n - y, 0.0)
    drawn: Floats = random.beta(y + weight * prior, failed + weight * (1 - prior))
    return np.clip(drawn, FLOOR, 1 - 1e-9)


def _needed(wanted: int, through: Floats, random: np.random.Generator) -> Needed:
    """The law of leads taken until ``wanted`` of them got through, when each does with the drawn chance."""
    if wanted == 0:
        return Needed(0, 0, 0)
    chance = np.maximum(through, wanted / (10 * MOST))
    taken = wanted + random.negative_binomial(wanted, chance)
    low, middle, high = np.quantile(taken, (BAND[0], 0.5, BAND[1]), method="inverted_cdf")
    return Needed(min(int(middle), MOST), min(int(low), MOST), min(int(high), MOST))


def _rate(step: Evidence, drawn: Floats) -> StepRate:
    low, high = np.quantile(drawn, SURE)
    return StepRate(
        rate=float(drawn.mean()),
        low=float(low),
        high=float(high),
        trials=step.trials,
        passed=step.passed,
        leans_on_stage=step.trials < FEW,
        leans_on_guess=step.stage_trials < FEW,
    )
