"""Pass rates by stage, segment and UTP, shrunk so that a small cell never misleads (rules 1 to 5).

Shrinking is the product: bare conversions of cells cost 12 to 16 points of the margin for a quarter.
"""

from dataclasses import dataclass

import numpy as np

from priority.chances import EDGE, Floats, Ints, interval, log_odds, rate_of
from priority.columns import distinct, find, summed
from priority.evidence import Evidence
from priority.extras import ExtraEffects, fit_extras
from priority.settings import EngineSettings


@dataclass(frozen=True)
class RateRows:
    """Rates for some leads with every part kept. Arrays are [row, stage] unless said."""

    row: Ints
    """[lead] the row of a lead; leads of one cell share a row."""
    stage_rate: Floats
    """[stage] g (rule 1)."""
    segment_rate: Floats
    """r (rule 2)."""
    utp_rate: Floats
    """q (rule 2)."""
    blend: Floats
    """μ (rule 3)."""
    n: Floats
    """Weighted trials of the cell."""
    trials: Floats
    """Trials of the cell as people count them. Likewise ``passes``."""
    passes: Floats
    p: Floats
    """The honest rate (rule 4): what people are shown and the forecast uses."""
    p_plus: Floats
    """The rate with curiosity (rule 5): for ranking only."""
    cell_weight: float

    def bounds(self, row: Ints, stage: Ints) -> tuple[Floats, Floats]:
        """95 % interval of p at some rows and stages: Wilson's, with the blend counted as its trials."""
        return interval(self.p[row, stage], self.n[row, stage] + self.cell_weight)

    def utp_effect(self, row: Ints, stage: Ints) -> Floats:
        """What the UTP adds to its segment's rate, -1 to 1 (0.06 is shown as six percentage points)."""
        return self.p[row, stage] - self.segment_rate[row, stage]


@dataclass(frozen=True)
class Counts:
    """Counts by one category: keys in order, arrays [key + 1, stage]; the last row stands for an unseen key."""

    keys: Ints
    n: Floats
    y: Floats

    def find(self, values: Ints) -> Ints:
        return find(self.keys, values)


@dataclass(frozen=True)
class Rates:
    """Everything learnt, ready to be asked for any cell."""

    settings: EngineSettings
    stage_rate: Floats
    segments: Counts
    segment_rate: Floats
    utps: Counts
    utp_rate: Floats
    cells: Counts
    trials: Floats
    passes: Floats
    extras: ExtraEffects

    def rows(self, segment: Ints, utp: Ints, extras: tuple[Ints, ...] = ()) -> RateRows:
        """Rates of leads given by their categories, one entry a lead."""
        place = self.segments.find(segment) * (len(self.utps.keys) + 1) + self.utps.find(utp)
        span = (len(self.segments.keys) + 1) * (len(self.utps.keys) + 1)
        pair, row = distinct(place, span)
        table = self._pairs(pair)
        if not self.extras.effects:
            return self._with_curiosity(row, row, table, table[-1])
        odds = log_odds(table[-1])[row] + self.extras.of(extras)
        return self._with_curiosity(np.arange(len(row)), row, table, rate_of(odds))

    def _pairs(self, pair: Ints) -> tuple[Floats, ...]:
        """r, q, μ, n, trials, passes, p of places segment × UTP, each [pair, stage]."""
        width = len(self.utps.keys) + 1
        r, q, g = self.segment_rate[pair // width], self.utp_rate[pair % width], self.stage_rate
        blend = rate_of(log_odds(r) + log_odds(q) - log_odds(g))
        cell = self.cells.find(pair)
        y, weight = self.cells.y[cell], self.settings.cell_weight
        n = np.maximum(self.cells.n[cell], y)
        p = (y + weight * blend) / (n + weight)
        return r, q, blend, n, self.trials[cell], self.passes[cell], p

    def _with_curiosity(self, row: Ints, source: Ints, table: tuple[Floats, ...], p: Floats) -> RateRows:
        r, q, blend, n, trials, passes, _ = table if row is source else tuple(part[source] for part in table)
        settings = self.settings
        doubt = np.sqrt(p * (1 - p) / (n + settings.cell_weight))
        p_plus = np.minimum(settings.ceiling, p + settings.curiosity * doubt)
        return RateRows(row, self.stage_rate, r, q, blend, n, trials, passes, p, p_plus, settings.cell_weight)


def fit_rates(evidence: Evidence, settings: EngineSettings) -> Rates:
    """Rules 1 and 2, and the cells laid ready for rules 3 to 5. Raises ValueError for a stage that is not known."""
    if len(evidence):
        settings.demand_stages(int(evidence.stage.min()), int(evidence.stage.max()))
    guess, g_weight = np.array(settings.prior_pass_rate), settings.guess_weight
    total = counts(np.zeros(len(evidence), np.int64), evidence, settings.stages)
    g = shrunk(total.n[0], total.y[0], guess, g_weight) if len(evidence) else guess
    segments = counts(evidence.segment, evidence, settings.stages)
    utps = counts(evidence.utp, evidence, settings.stages)
    r = shrunk(segments.n, segments.y, g, settings.main_weight)
    q = shrunk(utps.n, utps.y, g, settings.main_weight)
    place = segments.find(evidence.segment) * (len(utps.keys) + 1) + utps.find(evidence.utp)
    cells = counts(place, evidence, settings.stages)
    seen = tally(cells.find(place), evidence, len(cells.keys) + 1, settings.stages)
    bare = Rates(settings, g, segments, r, utps, q, cells, *seen, ExtraEffects(()))
    if not evidence.extras:
        return bare
    rows = bare.rows(evidence.segment, evidence.utp)
    base = log_odds(rows.p[rows.row, evidence.stage])
    effects = fit_extras(evidence, base, settings)
    return Rates(settings, g, segments, r, utps, q, cells, *seen, effects)


def shrunk(n: Floats, y: Floats, prior: Floats, weight: float) -> Floats:
    """(y + weight·prior) / (n + weight), with n never below y: a pass from cold counts as one trial at least."""
    return np.clip((y + weight * prior) / (np.maximum(n, y) + weight), EDGE, 1 - EDGE)


def counts(values: Ints, evidence: Evidence, stages: int) -> Counts:
    """Weighted counts by a category and stage, with an empty last row for what was never seen."""
    keys = np.unique(values)
    code, shape = find(keys, values) * stages + evidence.stage, (len(keys) + 1, stages)
    return Counts(keys, summed(code, evidence.n, shape), summed(code, evidence.y, shape))


def tally(cell: Ints, evidence: Evidence, cells: int, stages: int) -> tuple[Floats, Floats]:
    """Trials and passes of cells as people count them, [cell, stage]."""
    code, shape = cell * stages + evidence.stage, (cells, stages)
    return summed(code, evidence.trials, shape), summed(code, evidence.passes, shape)
