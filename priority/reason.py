"""Why a lead stands where it stands: the parts of its score, carried whole, without words.

The web puts words to the parts; the parts recompute the score.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np

from priority.chances import Floats, Ints
from priority.score import Scores

DIGITS = 9
"""Significant digits of a part in ``formula``: its value is the score to better than 1e-6."""


@dataclass(frozen=True)
class Reason:
    """The parts of one score. Money in the unit of the margin; chances 0 to 1."""

    margin: float
    chance: float
    """p⁺: the rate of this stage with curiosity, by which leads are ranked."""
    freshness: float
    onward: float
    """Chance of all later stages."""
    hours: float
    """Of this step."""
    further_hours: float
    """Of later stages, expected, once this one is passed."""
    p: float
    """The honest rate of this stage, to be shown beside its interval."""
    p_low: float
    p_high: float
    trials: float
    """So many leads of this segment and UTP were tried at this stage, and ``passes`` passed."""
    passes: float
    n: float
    """The same trials faded and cooled, as the rate counts them."""
    segment_rate: float
    utp_effect: float
    """What the UTP adds to the segment's rate; 0.06 is six percentage points."""

    @property
    def reach(self) -> float:
        """Chance that this step passes now: p⁺S."""
        return self.chance * self.freshness

    @property
    def effort_hours(self) -> float:
        """Expected hours of effort left, this step and what follows."""
        return self.hours + self.reach * self.further_hours

    def pack(self) -> tuple[float, ...]:
        """For a row of a table; ``unpack`` reads it back."""
        return astuple(self)

    def formula(self) -> str:
        """The sum behind the score as plain arithmetic: margin · p⁺ · S · W / (d + p⁺ · S · T)."""
        m, p, s, w, d, t = (
            f"{part:.{DIGITS}g}"
            for part in (self.margin, self.chance, self.freshness, self.onward, self.hours, self.further_hours)
        )
        return f"{m} * {p} * {s} * {w} / ({d} + {p} * {s} * {t})"


PARTS = tuple(field.name for field in fields(Reason))


def unpack(row: Sequence[float]) -> Reason:
    """Raises TypeError where the row has another number of parts."""
    return Reason(*map(float, row))


def recompute(reason: Reason) -> float:
    """The score from the parts alone, margin an hour (rule 8)."""
    return reason.margin * reason.reach * reason.onward / reason.effort_hours


def reason_columns(scores: Scores, stage: Ints) -> Floats:
    """The parts of every score, [lead, part], parts in the order of ``PARTS``. ``stage`` is the leads' own."""
    seen, row = scores.rates, scores.rates.row
    low, high = seen.bounds(row, stage)
    columns = {
        "margin": scores.margin,
        "chance": scores.chance,
        "freshness": scores.freshness,
        "onward": scores.onward,
        "hours": scores.hours,
        "further_hours": scores.further_hours,
        "p": seen.p[row, stage],
        "p_low": low,
        "p_high": high,
        "trials": seen.trials[row, stage],
        "passes": seen.passes[row, stage],
        "n": seen.n[row, stage],
        "segment_rate": seen.segment_rate[row, stage],
        "utp_effect": seen.utp_effect(row, stage),
    }
    return np.column_stack([columns[part] for part in PARTS])


def explain(scores: Scores, stage: Ints, place: int) -> Reason:
    """The reason of one lead."""
    return unpack(reason_columns(scores, stage)[place].tolist())
