"""Log-odds, the normal curve and intervals of a share: the few formulas that several modules share."""

from math import erf, exp, pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Keys = NDArray[Any]

EDGE = 1e-6
"""Nothing is surer than this: keeps log-odds finite."""


def log_odds(rate: Floats) -> Floats:
    """Log-odds of rates, kept ``EDGE`` away from 0 and 1."""
    inside = np.clip(rate, EDGE, 1 - EDGE)
    return np.log(inside) - np.log1p(-inside)


def rate_of(odds: Floats) -> Floats:
    """The rate whose log-odds are given."""
    return 1.0 / (1.0 + np.exp(-np.clip(odds, -40.0, 40.0)))


def density(z: float) -> float:
    """The standard normal density."""
    return exp(-z * z / 2) / sqrt(2 * pi)


def below(z: float) -> float:
    """Chance that a standard normal number is below ``z``."""
    return (1 + erf(z / sqrt(2))) / 2


def interval(rate: Floats, trials: Floats, z: float = 1.96) -> tuple[Floats, Floats]:
    """Wilson's interval of a share seen in so many trials; 95 % with the default ``z``. No trials: 0 to 1."""
    spread = z * z
    centre = (rate * trials + spread / 2) / (trials + spread)
    half = z * np.sqrt(np.maximum(rate * (1 - rate) * trials + spread / 4, 0)) / (trials + spread)
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def wilson(passed: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of ``passed`` of ``trials``: stands beside every single rate that is shown."""
    rate = passed / trials if trials else 0.0
    low, high = interval(np.array([rate]), np.array([float(trials)]), z)
    return float(low[0]), float(high[0])
