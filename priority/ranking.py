"""Whose turn it is: places within an owner's list, proposed priorities and the day's list (rule 9)."""

from dataclasses import dataclass

import numpy as np

from priority.chances import Bools, Floats, Ints, Keys

NOW, TODAY, THIS_WEEK, LATER = 0, 1, 2, 3
WITHIN_HOURS = 4.0
"""Due in less: priority 0."""


@dataclass(frozen=True)
class Ranking:
    """Every owner's list, one after another, best first."""

    order: Ints
    """Row numbers of the leads, list by list."""
    place: Ints
    """[in order] 1 for the first of its owner."""
    before_hours: Floats
    """[in order] working hours of those above in the same list."""


def rank(owner: Keys, score: Floats, ident: Keys, hours: Floats) -> Ranking:
    """Descending by score within each owner; ties by id, ascending, so the order never depends on the rows'."""
    order = np.lexsort((ident, -score, owner))
    listed = owner[order]
    starts = np.flatnonzero(np.r_[True, listed[1:] != listed[:-1]]) if len(order) else np.zeros(0, np.int64)
    length = np.diff(np.r_[starts, len(order)])
    place = np.arange(len(order)) - np.repeat(starts, length) + 1
    spent = np.cumsum(hours[order])
    above = spent - hours[order]
    return Ranking(order, place, np.maximum(above - np.repeat(above[starts], length), 0.0))


def proposed_priority(before_hours: Floats, hours: Floats, due_in_hours: Floats, day: Floats, week: Floats) -> Ints:
    """Priority 0 to 3 that the engine proposes; columns over actions.

    0 where the moment due comes within four working hours, or has passed and the step's place in the list lies
    within them; else 1 while the first half of the step still fits into the working hours of the day, counted down
    the owner's list, or it falls due within the day; 2 while it fits into the hours of the week; else 3. What is
    overdue and earns little is not proposed for today: it is seen as overdue anyway. ``due_in_hours``: working hours
    until due, negative once it has passed, infinite where nothing is due.
    """
    middle = before_hours + hours / 2
    by_place = np.where(middle <= day, TODAY, np.where(middle <= week, THIS_WEEK, LATER))
    overdue = due_in_hours < 0
    by_due = np.where(~overdue & (due_in_hours <= day), TODAY, by_place)
    now = np.where(overdue, middle <= WITHIN_HOURS, due_in_hours < WITHIN_HOURS)
    return np.where(now, NOW, np.minimum(by_place, by_due)).astype(np.int64)


def day_list(score: Floats, hours: Floats, ident: Keys, kept: Bools, day_hours: float) -> tuple[Ints, Ints]:
    """Rows that make up one owner's day and those left for later, each in order.

    What is ``kept`` (a fixed slot, priority 0) is always in and takes its hours first; the rest follows by
    descending score while the first half of a step still fits; one that does not fit does not stop shorter ones.
    """
    order = np.lexsort((ident, -score))
    left = day_hours - float(hours[kept].sum())
    chosen, later = [], []
    for row in order.tolist():
        if kept[row]:
            chosen.append(row)
        elif hours[row] / 2 <= left:
            chosen.append(row)
            left -= float(hours[row])
        else:
            later.append(row)
    return np.array(chosen, np.int64), np.array(later, np.int64)
