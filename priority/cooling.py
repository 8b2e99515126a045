"""How fast leads cool: half-lives refitted from what passed after how long (rule 7).

A half-life that is wrong by a factor is mostly wrong by one factor at all stages, so the factor is sought for all
stages together first, then for each stage near it. What was believed holds until the evidence outweighs it.
"""

from dataclasses import dataclass

import numpy as np

from priority.chances import Floats, Ints
from priority.columns import summed
from priority.evidence import Attempts, from_attempts
from priority.rates import fit_rates
from priority.settings import EngineSettings

EDGES = np.array([0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0])
"""Ends of the idle-time buckets, in believed half-lives."""
OCTAVES = np.linspace(-3.0, 3.0, 25)
"""Factors tried, as powers of two."""
LEVELS = np.exp(np.linspace(-0.8, 0.8, 13))
"""Factors of the pass rate when fresh, tried beside them: a cold sample must not pass for a bad one."""
SHARED_SPREAD = 0.7
"""Octaves by which a believed half-life is off, typically."""
OWN_SPREAD = 0.25
"""Octaves by which one stage's factor differs from the others', typically."""
LEVEL_SPREAD = 0.3


@dataclass(frozen=True)
class IdleCounts:
    """Attempts by stage and idle-time bucket: columns of one length, weights as of one moment."""

    stage: Ints
    idle_hours: Floats
    """Mean of the bucket."""
    trials: Floats
    """Faded by age only."""
    passes: Floats
    expected: Floats
    """Passes to expect if all had been fresh, from the rates of their cells."""


def bucket(idle_hours: Floats, half_life_hours: Floats) -> Ints:
    """Number of the idle-time bucket."""
    return np.searchsorted(EDGES, idle_hours / half_life_hours, "right").astype(np.int64)


def refit_half_lives(counts: IdleCounts, settings: EngineSettings) -> Floats:
    """Half-lives [stage], hours, to expect given the counts and what was believed."""
    fits = np.array([_likelihood(counts, stage, settings) for stage in range(settings.stages)])
    shared = _mean_octave(fits.sum(axis=0) - OCTAVES**2 / (2 * SHARED_SPREAD**2))
    own = _mean_octave(fits - (OCTAVES - shared) ** 2 / (2 * OWN_SPREAD**2))
    return np.array(settings.half_life_hours) * np.exp2(own)


def _mean_octave(fit: Floats) -> Floats:
    """Mean factor, in octaves, under log-likelihoods [..., octave]: less jumpy than the single most likely one."""
    weight = np.exp(fit - fit.max(axis=-1, keepdims=True))
    mean: Floats = (weight * OCTAVES).sum(axis=-1) / weight.sum(axis=-1)
    return mean


def _likelihood(counts: IdleCounts, stage: int, settings: EngineSettings) -> Floats:
    """Log-likelihood [octave] of a stage's outcomes, at the best level of its pass rate for each."""
    mine = (counts.stage == stage) & (counts.trials > 0)
    trials, passes = counts.trials[mine], counts.passes[mine]
    fresh = counts.expected[mine] / np.maximum(trials, 1e-12)
    half_lives = settings.half_life_hours[stage] * np.exp2(OCTAVES)
    cooled = fresh * np.exp2(-counts.idle_hours[mine] / half_lives[:, None])
    rate = np.clip(cooled[:, None, :] * LEVELS[:, None], 1e-6, 0.999)
    fits = (passes * np.log(rate) + (trials - passes) * np.log1p(-rate)).sum(axis=2)
    best: Floats = (fits - np.log(LEVELS) ** 2 / (2 * LEVEL_SPREAD**2)).max(axis=1)
    return best


def refitted(attempts: Attempts, asof_days: float, settings: EngineSettings) -> Floats:
    """Half-lives [stage], hours, as of a moment; the believed ones until enough attempts are known."""
    known, believed = attempts.until(asof_days), np.array(settings.half_life_hours)
    if len(known) < settings.refit_from:
        return believed
    rows = fit_rates(from_attempts(known, asof_days, settings), settings).rows(known.segment, known.utp, known.extras)
    return refit_half_lives(idle_counts(known, rows.p[rows.row, known.stage], asof_days, settings), settings)


def idle_counts(known: Attempts, fresh_rate: Floats, asof_days: float, settings: EngineSettings) -> IdleCounts:
    """Counts of single attempts; ``fresh_rate`` is the honest rate of each one's cell."""
    weight = np.exp2((known.at_days - asof_days) / settings.evidence_half_life_days)
    idle = np.maximum(known.idle_hours, 0.0)
    width = len(EDGES) + 1
    code = known.stage * width + bucket(idle, np.array(settings.half_life_hours)[known.stage])
    shape = (settings.stages * width,)
    trials = summed(code, weight, shape)
    return IdleCounts(
        np.arange(settings.stages * width) // width,
        summed(code, weight * idle, shape) / np.maximum(trials, 1e-12),
        trials,
        summed(code, weight * known.passed, shape),
        summed(code, weight * fresh_rate, shape),
    )
