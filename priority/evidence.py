"""What was tried and what came of it, as counts in which old outcomes fade.

The same evidence is built from single attempts (``from_attempts``) or from counts that a database made
(``Evidence`` itself); it fades evenly, so counts of one moment serve a later one (``Evidence.carried``).
"""

from dataclasses import dataclass, replace

import numpy as np

from priority.chances import Bools, Floats, Ints
from priority.columns import distinct, summed
from priority.settings import EngineSettings

ROUND = 9
"""Decimals kept of a weighted count: the order of attempts must not show in the last bit of a score."""


@dataclass(frozen=True)
class Attempts:
    """Resolved attempts as columns of one length."""

    stage: Ints
    """Number of the stage, 0 for the first."""
    segment: Ints
    """Any whole number that names the segment; -1 for none. Likewise ``utp``."""
    utp: Ints
    at_days: Floats
    """When it was resolved, days since any fixed moment."""
    idle_hours: Floats
    """How long the lead had lain when the attempt was made."""
    passed: Bools
    extras: tuple[Ints, ...] = ()
    """Values of further categories, a column for each."""

    def __len__(self) -> int:
        return len(self.stage)

    def until(self, asof_days: float) -> "Attempts":
        """The attempts known at a moment; later ones change nothing."""
        known = self.at_days <= asof_days
        return self if known.all() else self.only(known)

    def only(self, chosen: Bools) -> "Attempts":
        return Attempts(
            self.stage[chosen],
            self.segment[chosen],
            self.utp[chosen],
            self.at_days[chosen],
            self.idle_hours[chosen],
            self.passed[chosen],
            tuple(column[chosen] for column in self.extras),
        )


@dataclass(frozen=True)
class Evidence:
    """Counts by stage, segment and UTP as of a moment: columns of one length; a cell may stand in several rows."""

    stage: Ints
    segment: Ints
    utp: Ints
    n: Floats
    """Trials, each w·S: faded by its age, and counting as its freshness when it was made."""
    y: Floats
    """Passes, each w."""
    trials: Floats
    """Trials as people count them. Likewise ``passes``."""
    passes: Floats
    extras: tuple[Ints, ...] = ()

    def __len__(self) -> int:
        return len(self.stage)

    def carried(self, days: float, settings: EngineSettings) -> "Evidence":
        """The same outcomes seen ``days`` later; what people count does not fade."""
        fade = fading(days, settings)
        return replace(self, n=self.n * fade, y=self.y * fade)

    def merged(self, other: "Evidence") -> "Evidence":
        """Both together; the two must be as of one moment."""
        return Evidence(
            np.concatenate((self.stage, other.stage)),
            np.concatenate((self.segment, other.segment)),
            np.concatenate((self.utp, other.utp)),
            np.concatenate((self.n, other.n)),
            np.concatenate((self.y, other.y)),
            np.concatenate((self.trials, other.trials)),
            np.concatenate((self.passes, other.passes)),
            tuple(np.concatenate(pair) for pair in zip(self.extras, other.extras, strict=True)),
        )


def fading(days: float, settings: EngineSettings) -> float:
    """Weight of an outcome so many days old: 0.5^(days / half-life of evidence)."""
    return float(0.5 ** (days / settings.evidence_half_life_days))


def freshness(idle_hours: Floats, half_life_hours: Floats) -> Floats:
    """S: the share of leads not yet cold after so many idle hours (rule 7), 0 to 1."""
    return np.exp2(-np.maximum(idle_hours, 0.0) / half_life_hours)


def from_attempts(
    attempts: Attempts, asof_days: float, settings: EngineSettings, half_life_hours: Floats | None = None
) -> Evidence:
    """Counts as of a moment; what came later is left out.

    ``half_life_hours`` [stage]: the refitted ones, where there are any. Raises ValueError for a stage not known.
    """
    known = attempts.until(asof_days)
    if len(known):
        settings.demand_stages(int(known.stage.min()), int(known.stage.max()))
    half_lives = np.array(settings.half_life_hours) if half_life_hours is None else half_life_hours
    weight = np.exp2((known.at_days - asof_days) / settings.evidence_half_life_days)
    fresh = freshness(known.idle_hours, half_lives[known.stage])
    cell, member = _cells((known.stage, known.segment, known.utp, *known.extras))

    def counted(amount: Floats) -> Floats:
        return np.round(summed(cell, amount, (len(member),)), ROUND)

    return Evidence(
        known.stage[member],
        known.segment[member],
        known.utp[member],
        counted(weight * fresh),
        counted(weight * known.passed),
        counted(np.ones(len(known))),
        counted(known.passed.astype(float)),
        tuple(column[member] for column in known.extras),
    )


def _cells(columns: tuple[Ints, ...]) -> tuple[Ints, Ints]:
    """Number of each row's cell, and the last row of each cell."""
    rows = len(columns[0])
    cell, cells = np.zeros(rows, np.int64), min(rows, 1)
    for column in columns if rows else ():
        lowest, highest = int(column.min()), int(column.max())
        values, value = distinct(column - lowest, highest - lowest + 1)
        # Renumbered after each column, so the product of many categories never overflows.
        found, cell = distinct(cell * len(values) + value, cells * len(values))
        cells = len(found)
    member = np.zeros(cells, np.int64)
    member[cell] = np.arange(rows)
    return cell, member
