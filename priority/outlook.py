"""The forecast of one group of leads for many horizons at once, and of many groups, from counts by whole days.

The same word as ``priority.forecast``: how leads stood and what became of them is counted once a group by day and age,
so that a further horizon or an earlier origin costs a sum over days and not over leads. Horizons between whole weeks
are set right by the week that holds them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np

from priority.chances import Bools, Floats, Ints
from priority.forecast import (
    JUDGED_DAYS,
    LOOKS_BACK,
    SEASON_DAYS,
    STEP_DAYS,
    WORST_ERROR,
    Judged,
    Said,
    band,
    judged,
)
from priority.hazards import AGES, DAILY, Outcomes, smoothed, win_paths

NEVER = 1 << 40
"""The day of what has not come."""
_OLDEST = int(AGES[-1])


@dataclass(frozen=True)
class Roads:
    """Leads known at a moment as columns, in whole days from it: -1 is the last 24 hours before it."""

    born: Ints
    ended: Ints
    """``NEVER`` where the lead still stands open."""
    won_on: Ints
    is_win: Bools
    margin: Floats
    """A row a currency, a column a lead."""

    def of(self, rows: Ints) -> "Roads":
        return Roads(self.born[rows], self.ended[rows], self.won_on[rows], self.is_win[rows], self.margin[:, rows])


@dataclass(frozen=True)
class Point:
    """What is to come within ``days``. ``margins`` in the order of the currencies."""

    days: int
    wins: float
    low80: float
    high80: float
    margins: tuple[float, ...]
    past_error: float


@dataclass(frozen=True)
class Outlook:
    """``begun`` are the days of history; ``past_error`` and ``checked`` are those of 28 days ahead."""

    points: tuple[Point, ...]
    open: int
    begun: float
    past_error: float
    checked: tuple[tuple[int, float, float], ...]
    enough_history: bool


def roads(outcomes: Outcomes, at: float, margins: Floats | None = None) -> Roads:
    """The leads known at a moment. ``margins`` has a row a currency; without it there is one, that of the outcomes."""
    known = outcomes.created < at
    born = np.floor(outcomes.created[known] - at).astype(np.int64)
    won, lost = outcomes.won[known], outcomes.lost[known]
    end = np.minimum(won, lost)
    ended = np.where(end < at, np.maximum(_days(end, at), born), NEVER)
    money = outcomes.margin[np.newaxis, :] if margins is None else margins
    return Roads(born, ended, _days(won, at), (won < at) & (won <= lost), money[:, known])


def _days(moments: Floats, at: float) -> Ints:
    return np.where(moments < at, np.floor(np.minimum(moments, at) - at), NEVER).astype(np.int64)


def outlook(group: Roads, horizons: Sequence[int]) -> Outlook:
    """Raises ValueError for a horizon that is no whole number of days above zero."""
    if min(horizons, default=1) < 1:
        raise ValueError("a forecast looks at least one day ahead")
    past = _Past(group, _week(max(horizons, default=1), JUDGED_DAYS))
    usual = past.judged(JUDGED_DAYS)
    begun = float(-past.first)
    return Outlook(
        points=_rising([past.point(days) for days in horizons]),
        open=int((group.ended == NEVER).sum()),
        begun=begun,
        past_error=usual.past_error,
        checked=usual.checked,
        enough_history=begun >= SEASON_DAYS and usual.past_error <= WORST_ERROR,
    )


def _week(days: int, least: int = STEP_DAYS) -> int:
    """The whole weeks that hold so many days."""
    return max(least, ceil(days / STEP_DAYS) * STEP_DAYS)


def _rising(points: list[Point]) -> tuple[Point, ...]:
    """More days never bring less: each horizon is set right by a past of its own, so that they may cross a little."""
    found: list[Point] = []
    for point in points:
        last = found[-1] if found else point
        found.append(point if point.wins >= last.wins or point.days < last.days else _at_least(point, last))
    return tuple(found)


def _at_least(point: Point, last: Point) -> Point:
    low, high = band(last.wins, point.past_error)
    margins = tuple(max(own, before) for own, before in zip(point.margins, last.margins, strict=True))
    return Point(point.days, last.wins, low, high, margins, point.past_error)


class _Past:
    """One group's days, seen from every week back that a horizon may ask for. ``first`` is the day of its first lead,
    0 without leads."""

    def __init__(self, group: Roads, longest: int) -> None:
        self._group = group
        self.first = int(group.born.min()) if len(group.born) else 0
        self._backs = range(0, 2 * longest + STEP_DAYS * LOOKS_BACK, STEP_DAYS)
        self._stood = {back: self._look(back) for back in self._backs}
        self._chances = self._paths(longest)
        self._judged: dict[int, Judged] = {}

    def point(self, days: int) -> Point:
        found, now = self.judged(_week(days)), self._stood[0]
        chance = self._chances[0, days]
        wins = float(chance @ now.waiting) * found.scale
        low, high = band(wins, found.past_error)
        return Point(days, wins, low, high, tuple((now.margin @ chance * found.scale).tolist()), found.past_error)

    def judged(self, days: int) -> Judged:
        if days not in self._judged:
            self._judged[days] = judged(lambda back: self._said(back, days), float(-self.first), days)
        return self._judged[days]

    def _said(self, back: int, days: int) -> Said:
        stood = self._stood[back]
        chance = self._chances[back // STEP_DAYS, days]
        return Said(float(chance @ stood.waiting), 0.0, float(stood.came[: min(days, back)].sum()))

    def _look(self, back: int) -> "_Stood":
        group, then, size = self._group, -back, _OLDEST + 1
        stands = np.flatnonzero((group.born < then) & (group.ended >= then))
        age = np.minimum(then - group.born[stands], _OLDEST)
        came = group.won_on[stands] - then
        margins = group.margin[:, stands] if back == 0 else ()
        return _Stood(
            waiting=np.bincount(age, minlength=size).astype(float),
            margin=np.array([np.bincount(age, row, size) for row in margins]).reshape(-1, size),
            came=np.bincount(came[(came >= 0) & (came < back)], minlength=max(back, 1)).astype(float),
        )

    def _paths(self, longest: int) -> Floats:
        """Chance to be won by origin, days ahead and age. The latest day known weighs a day's fading less than one."""
        wins, leaves, exposure = self._days
        then = np.array([-back for back in self._backs])[:, np.newaxis]
        day = np.arange(self.first, 0)
        weight = np.where(day < then, DAILY ** np.maximum(then - day, 0.0), 0.0)
        stood = weight @ exposure
        return win_paths(smoothed(weight @ wins, stood), smoothed(weight @ leaves, stood), longest)

    @cached_property
    def _days(self) -> tuple[Floats, Floats, Floats]:
        """By day from the first on and by age band: wins, other ends, leads that stood."""
        group, bands, length = self._group, len(AGES), -self.first
        over = np.flatnonzero(group.ended < 0)
        band_of = np.searchsorted(AGES, group.ended[over] - group.born[over], "right") - 1
        code = (group.ended[over] - self.first) * bands + band_of
        won = group.is_win[over]
        size = length * bands
        shape = (length, bands)
        wins = np.bincount(code[won], minlength=size).reshape(shape).astype(float)
        leaves = np.bincount(code[~won], minlength=size).reshape(shape).astype(float)
        return wins, leaves, np.stack([self._stood_in(one) for one in range(bands)], axis=1)

    def _stood_in(self, one: int) -> Floats:
        """Leads that stood open in an age band, by day: where each comes into it and where it goes."""
        group, length = self._group, -self.first
        since = group.born + AGES[one]
        last = np.minimum(group.ended, -1)
        if one + 1 < len(AGES):
            last = np.minimum(last, group.born + AGES[one + 1] - 1)
        some = last >= since
        came = np.bincount(since[some] - self.first, minlength=length + 1)
        went = np.bincount(last[some] + 1 - self.first, minlength=length + 1)
        return np.cumsum(came - went)[:length].astype(float)


@dataclass(frozen=True)
class _Stood:
    """How a group stood at one origin: open leads and their margin by age, wins by day after it."""

    waiting: Floats
    margin: Floats
    came: Floats
