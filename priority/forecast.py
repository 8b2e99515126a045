"""Wins and margin to expect of the leads that are open now, with a band that has been right before.

Not open leads times conversion: that counts dead leads for ever. Each lead is stepped through its daily
chances, then the sum is held against what the same method would have said before and what came.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from priority.hazards import AGES, Outcomes, hazards, known_at, win_within

__all__ = ["Forecast", "Judged", "Outcomes", "Said", "band", "forecast", "judged"]

TRUST = 40.0
"""Wins that the method's own word counts for when it is set right by what came."""
BAND = 1.2816
"""Standard deviations on each side that hold four fifths."""
JUDGED_DAYS = 28
"""The method is set right by at least so many days: one week of wins is mostly luck."""
STEP_DAYS = 7
LOOKS_BACK = 8
"""Past origins, a week apart, at which the method is held against what came."""
SEASON_DAYS = 91.0
WORST_ERROR = 0.5
USUAL_ERROR = 0.2
"""Relative error believed before any past forecast can be checked; it counts for one of them."""


@dataclass(frozen=True)
class Forecast:
    """Of the leads open at a moment, within ``days``. Money in the unit of the margin."""

    days: int
    wins: float
    low80: float
    high80: float
    margin: float
    past_error: float
    """Relative error of the same method at past origins (root of the mean square); 0.2 is a fifth."""
    enough_history: bool
    """False: say «мало истории» and show no figure to lean on."""


@dataclass(frozen=True)
class Said:
    """What the hazards said at one origin, before it was set right."""

    wins: float
    margin: float
    came: float
    """Wins that came of those leads, as far as is known now."""


@dataclass(frozen=True)
class Judged:
    """How a method's word is to be taken, by what came of its earlier words."""

    scale: float
    """What the bare word of now is multiplied by."""
    past_error: float
    checked: tuple[tuple[int, float, float], ...]
    """Earlier origins: days back, wins said (set right by what was known then), wins that came."""


def forecast(outcomes: Outcomes, at: float, days: int) -> Forecast:
    """Raises ValueError for a horizon that is no whole number of days above zero."""
    if days < 1:
        raise ValueError("a forecast looks at least one day ahead")

    @cache
    def raw(back: int) -> Said:
        return _raw(outcomes, at, back, days)

    begun = float(at - outcomes.created.min()) if len(outcomes.created) else 0.0
    found, now = judged(raw, begun, days), raw(0)
    wins = now.wins * found.scale
    low, high = band(wins, found.past_error)
    sure = begun >= SEASON_DAYS and found.past_error <= WORST_ERROR
    return Forecast(days, wins, low, high, now.margin * found.scale, found.past_error, sure)


def judged(raw: Callable[[int], Said], begun: float, days: int) -> Judged:
    """Hold the method against what came. ``raw`` gives its bare word so many days back; it is asked more than once.

    ``begun`` are the days since the first lead.
    """

    @cache
    def factor(back: int) -> float:
        before = [raw(back + days + more) for more in range(0, max(JUDGED_DAYS - days, 0) + 1, days)]
        return (sum(said.came for said in before) + TRUST) / (sum(said.wins for said in before) + TRUST)

    checked = [
        (back, raw(back).wins * factor(back), raw(back).came)
        for back in range(days, days + STEP_DAYS * LOOKS_BACK, STEP_DAYS)
        if begun - back > 2 * days and raw(back).wins > 0
    ]
    squares = [(came / said - 1) ** 2 for _back, said, came in checked]
    spread = (sum(squares) + USUAL_ERROR**2) / (len(squares) + 1)
    return Judged(factor(0), float(np.sqrt(spread)), tuple(checked))


def band(wins: float, error: float) -> tuple[float, float]:
    """Both ends of the 80 % band: the chance of each lead and the method's own relative error."""
    half = BAND * np.sqrt(wins + error**2 * wins**2)
    return float(max(wins - half, 0.0)), float(wins + half)


def _raw(outcomes: Outcomes, at: float, back: int, days: int) -> Said:
    """What the hazards said ``back`` days ago of the leads open then, and what came of those by now."""
    then = at - back
    history = known_at(outcomes, then)
    waiting = history.is_open
    chance = win_within(hazards(history), days)[np.minimum(-history.born[waiting], AGES[-1])]
    known = outcomes.created < then
    came = (outcomes.won[known] < min(then + days, at)) & waiting
    return Said(float(chance.sum()), float((chance * history.margin[waiting]).sum()), float(came.sum()))
