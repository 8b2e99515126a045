"""Further categories of a lead (age band, channel): what each value adds to the log-odds of passing.

Effects are measured against what segment, UTP and the other categories already explain, so two categories
that go together are not counted twice. Each is shrunk like a segment's rate.
"""

from dataclasses import dataclass

import numpy as np

from priority.chances import Floats, Ints, log_odds, rate_of
from priority.columns import find, summed
from priority.evidence import Evidence
from priority.settings import EngineSettings

SWEEPS = 3
"""Rounds in which each category is measured against the others; effects settle in two or three."""


@dataclass(frozen=True)
class ExtraEffects:
    """For each category: its values in order, and effects [value + 1, stage] in log-odds; the last row is zero."""

    effects: tuple[tuple[Ints, Floats], ...]

    def of(self, columns: tuple[Ints, ...]) -> Floats:
        """Summed effects [lead, stage] of leads given by a column of values for each category."""
        rows = []
        for (keys, effect), values in zip(self.effects, columns, strict=True):
            rows.append(effect[find(keys, values)])
        return np.sum(rows, axis=0)


def fit_extras(evidence: Evidence, base: Floats, settings: EngineSettings) -> ExtraEffects:
    """Effects of each category on top of ``base``, the log-odds [row] that the blend gives the evidence's rows."""
    if not len(evidence):
        return ExtraEffects(tuple((np.zeros(1, np.int64), np.zeros((2, settings.stages))) for _ in evidence.extras))
    keyed = [np.unique(column, return_inverse=True) for column in evidence.extras]
    effects = [np.zeros((len(keys) + 1, settings.stages)) for keys, _ in keyed]
    told = [np.zeros(len(evidence)) for _ in keyed]
    for _ in range(SWEEPS):
        for place, (_, value) in enumerate(keyed):
            others = base + sum(told[:place]) + sum(told[place + 1 :])
            effects[place][:-1] = _against(evidence, value, rate_of(others), effects[place].shape, settings)
            told[place] = effects[place][value, evidence.stage]
    return ExtraEffects(tuple((keys, effect) for (keys, _), effect in zip(keyed, effects, strict=True)))


def _against(
    evidence: Evidence, value: Ints, expected: Floats, shape: tuple[int, ...], settings: EngineSettings
) -> Floats:
    """Effect [value, stage]: log-odds of the shrunk rate seen minus those of the rate expected without it."""
    code, shape = value * settings.stages + evidence.stage, (shape[0] - 1, settings.stages)
    y = summed(code, evidence.y, shape)
    n = np.maximum(summed(code, evidence.n, shape), y)
    wanted = summed(code, evidence.n * expected, shape)
    ordinary = np.where(n > 0, wanted / np.maximum(n, 1e-12), 0.5)
    weight = settings.main_weight
    return log_odds((y + weight * ordinary) / (n + weight)) - log_odds(ordinary)
