"""How likely a lead of some age is to be won, or to leave, on its next day.

Counted over risk sets: a lead counts on each day on which it stood open, so open leads and leads that were old when
records began are told apart from leads that came to nothing.
"""

from dataclasses import dataclass

import numpy as np

from priority.chances import Bools, Floats, Ints
from priority.columns import summed

AGES = np.array([0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 60, 75, 90, 105, 120])
"""Days in the funnel at which an age band begins; the last has no end."""
HALF_LIFE_DAYS = 42.0
DAILY = 0.5 ** (1 / HALF_LIFE_DAYS)
OVERALL_WEIGHT = 3.0
"""Lead-days that the overall rate counts for in each age band."""


@dataclass(frozen=True)
class Outcomes:
    """Leads as columns of one length; moments in days since any fixed one, infinite where it has not come."""

    created: Floats
    won: Floats
    lost: Floats
    margin: Floats


@dataclass(frozen=True)
class History:
    """Leads known at a moment, in whole days from it: -1 is the last 24 hours before it."""

    born: Ints
    ended: Ints
    """0 where the lead still stands open."""
    won: Bools
    margin: Floats

    @property
    def is_open(self) -> Bools:
        return self.ended >= 0


@dataclass(frozen=True)
class Hazards:
    """Chance a day, by age band."""

    win: Floats
    leave: Floats


def known_at(outcomes: Outcomes, at: float) -> History:
    """What was known at a moment; what came at it or later had not come."""
    known = outcomes.created < at
    born = np.floor(outcomes.created[known] - at).astype(np.int64)
    won, lost = outcomes.won[known], outcomes.lost[known]
    end = np.minimum(won, lost)
    ended = np.where(end < at, np.floor(np.minimum(end, at) - at), 0).astype(np.int64)
    return History(born, np.maximum(ended, born), (won < at) & (won <= lost), outcomes.margin[known])


def hazards(history: History) -> Hazards:
    """Daily chances by age band; recent days weigh more (half-life 42 days)."""
    exposure = np.array([_lead_days(history, band) for band in range(len(AGES))])
    over = ~history.is_open
    age = np.searchsorted(AGES, (history.ended - history.born)[over], "right") - 1
    weight = DAILY ** -history.ended[over].astype(float)
    won = history.won[over]
    return Hazards(
        smoothed(summed(age, weight * won, AGES.shape), exposure),
        smoothed(summed(age, weight * ~won, AGES.shape), exposure),
    )


def _lead_days(history: History, band: int) -> float:
    """Weighted days that leads spent open in an age band: a geometric sum over each lead's days."""
    first = history.born + AGES[band]
    last = np.minimum(history.ended, -1)
    if band + 1 < len(AGES):
        last = np.minimum(last, history.born + AGES[band + 1] - 1)
    some = last >= first
    grow = 1 / DAILY
    return float(((grow ** (last[some] + 1.0) - grow ** first[some].astype(float)) / (grow - 1)).sum())


def smoothed(events: Floats, exposure: Floats) -> Floats:
    """Daily chances by age band (the last axis), each drawn to the overall rate of its row."""
    whole = exposure.sum(-1, keepdims=True)
    overall = np.divide(events.sum(-1, keepdims=True), whole, out=np.zeros_like(whole), where=whole > 0)
    return np.minimum((events + OVERALL_WEIGHT * overall) / (exposure + OVERALL_WEIGHT), 1.0)


def win_paths(win: Floats, leave: Floats, days: int) -> Floats:
    """Chance [row, days ahead, age] that a lead is won by then: ``win_within`` for many rows and every day at once."""
    ages = AGES[-1] + 1
    stays, found = np.ones((len(win), ages)), np.zeros((len(win), days + 1, ages))
    go_on = np.maximum(1 - win - leave, 0.0)
    for ahead in range(days):
        band = np.searchsorted(AGES, np.arange(ages) + ahead, "right") - 1
        found[:, ahead + 1] = found[:, ahead] + stays * win[:, band]
        stays *= go_on[:, band]
    return found


def win_within(chances: Hazards, days: int) -> Floats:
    """Chance [age] that a lead is won within so many days, ages in whole days up to the last band."""
    age = np.arange(AGES[-1] + 1)
    stays, won = np.ones(len(age)), np.zeros(len(age))
    for ahead in range(days):
        band = np.searchsorted(AGES, age + ahead, "right") - 1
        won += stays * chances.win[band]
        stays *= np.maximum(1 - chances.win[band] - chances.leave[band], 0.0)
    return won
