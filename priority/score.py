"""Expected margin per hour of effort left (rules 6 to 8): one function for one lead and for a million.

score = M · p⁺S · W / (d + p⁺S · T)
"""

from dataclasses import dataclass

import numpy as np

from priority.chances import Floats, Ints, Keys
from priority.evidence import freshness
from priority.rates import RateRows, Rates
from priority.settings import EngineSettings


@dataclass(frozen=True)
class Leads:
    """Open leads as columns of one length."""

    id: Keys
    """Names or numbers; ties go by them, ascending."""
    owner: Keys
    segment: Ints
    utp: Ints
    stage: Ints
    """Number of the stage at which the lead waits, 0 for the first."""
    margin: Floats
    """Money that a win brings, in any one unit."""
    hours: Floats
    """[lead, stage] working hours of an attempt at each stage; stages already behind are not looked at."""
    idle_hours: Floats
    """Since the last touch."""
    extras: tuple[Ints, ...] = ()

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class Scores:
    """What a score is made of: columns over leads."""

    margin: Floats
    """M."""
    chance: Floats
    """p⁺ of the stage at which the lead waits."""
    freshness: Floats
    """S."""
    onward: Floats
    """W: the chance of all later stages."""
    hours: Floats
    """d: of this step."""
    further_hours: Floats
    """T: expected hours of later stages once this one is passed."""
    score: Floats
    """Margin an hour."""
    rates: RateRows

    def __len__(self) -> int:
        return len(self.score)


def worth(margin: Floats, chance: Floats, fresh: Floats, onward: Floats, hours: Floats, further: Floats) -> Floats:
    """Rule 8, the only place where it stands."""
    reach = chance * fresh
    return margin * reach * onward / (hours + reach * further)


def score_leads(leads: Leads, rates: Rates, settings: EngineSettings, half_life_hours: Floats | None = None) -> Scores:
    """Scores of open leads. ``half_life_hours`` [stage]: the refitted ones, where there are any.

    Raises ValueError for a lead at a stage that the settings do not know.
    """
    if len(leads):
        settings.demand_stages(int(leads.stage.min()), int(leads.stage.max()))
    half_lives = np.array(settings.half_life_hours) if half_life_hours is None else half_life_hours
    seen = rates.rows(leads.segment, leads.utp, leads.extras)
    everyone = np.arange(len(leads))
    chance, fresh = seen.p_plus[seen.row, leads.stage], freshness(leads.idle_hours, half_lives[leads.stage])
    onward, further = ahead(seen, leads.stage, leads.hours)
    hours = leads.hours[everyone, leads.stage]
    score = worth(leads.margin, chance, fresh, onward, hours, further)
    return Scores(leads.margin, chance, fresh, onward, hours, further, score, seen)


def ahead(seen: RateRows, stage: Ints, hours: Floats) -> tuple[Floats, Floats]:
    """W and T of each lead, from the last stage back (rule 6)."""
    p_plus, stages = seen.p_plus, seen.p_plus.shape[1]
    onward = np.ones_like(p_plus)
    for step in range(stages - 2, -1, -1):
        onward[:, step] = onward[:, step + 1] * p_plus[:, step + 1]
    further = np.zeros(len(stage))
    for step in range(stages - 1, 0, -1):
        then = hours[:, step] + p_plus[seen.row, step] * further
        further = np.where(stage < step, then, further)
    return onward[seen.row, stage], further


def single_step(margin: Floats, chance: Floats, hours: Floats) -> Floats:
    """Scores of actions without a lead: leads of one stage that do not cool.

    ``margin`` is what the metric of the action's goal stands for, in money per unit that the action adds.
    """
    return worth(margin, chance, np.ones_like(chance), np.ones_like(chance), hours, np.zeros_like(hours))
