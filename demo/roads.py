"""Roads that leads may have gone: when each stage was entered, how it ended. Relative to today, working hours only."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from agents.choices import Kind
from funnel.defaults import STAGES

WEEKS = 14  # a season, so that a forecast has something to stand on
CODES = tuple(str(stage["code"]) for stage in STAGES)
NORMS = tuple(int(stage["norm_hours"]) for stage in STAGES)
# The chance to get from a stage to the next one, where the UTP works as in the mean.
CHANCES = {Kind.AGENT: (0.64, 0.62, 0.52, 0.64, 0.62), Kind.CLIENT: (0.60, 0.60, 0.50, 0.66, 0.64)}
# How long a stage takes against its norm: CustDev is where the region is slow.
PACE = (0.55, 0.6, 1.2, 0.65, 0.75)
LOSS, ARCHIVE = 0.52, 0.12  # of those that do not get further; the rest stand still
REASONS = (
    {"not_reached": 5, "not_target": 4, "no_need": 2},
    {"no_need": 4, "not_target": 3, "postponed": 2, "not_reached": 2},
    {"no_need": 3, "bank_blocker": 4, "competitor": 2, "no_resources": 2},
    {"bank_blocker": 4, "competitor": 4, "no_resources": 3, "postponed": 2},
    {"competitor": 2, "bank_blocker": 2, "postponed": 2, "other": 1},
)
FIRST_HOUR, LAST_HOUR, SUNDAY = 9, 18, 6


@dataclass(frozen=True, slots=True)
class Road:
    """``steps`` are (stage code, moment); ``end`` is empty, «lost» or «archived», with its moment and reason."""

    steps: tuple[tuple[str, datetime], ...]
    end: str = ""
    ended_at: datetime | None = None
    reason: str = ""

    @property
    def furthest(self) -> int:
        return CODES.index(self.steps[-1][0])

    @property
    def last_at(self) -> datetime:
        return self.ended_at or self.steps[-1][1]


def draw(random: Random, *, kind: str, pull: float, at: datetime, youngest: timedelta = timedelta(0)) -> Road:
    """A road that began within the last fourteen weeks, more of them lately, at least ``youngest`` ago."""
    age = timedelta(days=WEEKS * 7 * (1 - random.random() ** 0.75)) + youngest
    moment = working(random, min(at - age, at - timedelta(minutes=20)))
    steps = [(CODES[0], moment)]
    for place, chance in enumerate(CHANCES[Kind(kind)]):
        # A better promise works harder at the start: it opens doors; lawyers are the same for all.
        odds = min(0.93, chance * (pull if place < 3 else math.sqrt(pull)))
        later = max(working(random, moment + _pause(random, place)), moment + timedelta(minutes=30))
        if random.random() >= odds:
            return _ended(random, steps, place, working(random, later + _pause(random, place)), at)
        if later >= at:
            break
        moment = later
        steps.append((CODES[place + 1], moment))
    return Road(tuple(steps))


def _ended(random: Random, steps: list[tuple[str, datetime]], place: int, when: datetime, at: datetime) -> Road:
    lot = random.random()
    if when >= at or lot > LOSS + ARCHIVE:
        return Road(tuple(steps))
    if lot > LOSS:
        return Road(tuple(steps), "archived", when)
    reasons = REASONS[place]
    reason = random.choices(list(reasons), list(reasons.values()))[0]
    return Road(tuple(steps), "lost", when, reason)


def _pause(random: Random, place: int) -> timedelta:
    """Most are within the norm, a few take several times as long."""
    norm = NORMS[place]
    return timedelta(hours=min(random.lognormvariate(math.log(norm * PACE[place]), 0.75), norm * 5))


def working(random: Random, moment: datetime) -> datetime:
    """The same day within working hours, Sundays on Saturday. Never later than the moment itself, but for the hour."""
    here = timezone.localtime(moment)
    if here.weekday() == SUNDAY:
        here -= timedelta(days=1)
    if not FIRST_HOUR <= here.hour < LAST_HOUR:
        here = here.replace(hour=random.randrange(FIRST_HOUR, LAST_HOUR), minute=random.choice((0, 10, 15, 30, 40, 45)))
        if here > moment:
            here -= timedelta(days=1)
            here -= timedelta(days=1) if here.weekday() == SUNDAY else timedelta(0)
    return here.replace(second=0, microsecond=0)
