"""A plan built backwards from its goal: how many leads each stage needs, and whether people and hours suffice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from agents.models import Segment
from agents.selectors import branch_ids
from common.errors import FieldError, Invalid
from funnel.models import Stage
from plans.evidence import evidence
from plans.needed import Needed, StepRate, road
from plans.services import MOST, WEEK
from worktime.calendar import NOTHING, WorkingCalendar
from worktime.selectors import calendar_of

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage on the way: how many leads must reach it, and (but for the last) which part of them gets further."""

    stage: Stage
    needed: Needed
    rate: StepRate | None


@dataclass(frozen=True, slots=True)
class Hours:
    """Of the week from now on, in hours: all working time, what is taken by the plan already, what the road costs."""

    working: float
    busy: float
    low: float
    middle: float
    high: float

    @property
    def left(self) -> float:
        return max(self.working - self.busy, 0.0)


@dataclass(frozen=True, slots=True)
class Proposal:
    """``reach`` and ``taken`` are people of the segment; ``reach`` None: nobody said."""

    goal: Stage
    wanted: int
    steps: tuple[Step, ...]
    reach: int | None
    taken: int
    hours: Hours

    @property
    def first(self) -> Step:
        return self.steps[0]


def propose(
    *, owner: User, segment: Segment, stages: Sequence[Stage], goal: Stage, wanted: int, week: date, at: datetime,
    taken: int, busy: timedelta = NOTHING,
) -> Proposal:  # fmt: skip
    """What it takes to bring ``wanted`` leads of the segment to the stage ``goal`` of these active stages.

    ``week`` is its Monday; ``taken`` are the people of the segment that are worked or were, ``busy`` the hours of that
    week that the plan of actions holds already: both are known on floors above. Leads on their way are not taken off
    the need: among them are many that nobody will bring further, and a share of them would count those for ever.
    Raises Invalid: a stage that is not on the road, a number below 0 or absurdly high.
    """
    way = _way(stages, goal, wanted)
    seen = evidence(way[:-1], segment_ids=branch_ids([segment.pk]), asof=at)
    found = road(seen, wanted)
    rates: list[StepRate | None] = [*found.steps, None]
    steps = tuple(Step(*parts) for parts in zip(way, found.needed, rates, strict=True))
    hours = _hours(steps, calendar_of(owner), week, at, busy)
    return Proposal(goal, wanted, steps, segment.reach, taken, hours)


def _way(stages: Sequence[Stage], goal: Stage, wanted: int) -> list[Stage]:
    """The active stages up to the goal, itself included."""
    way = [stage for stage in stages if stage.active and stage.position <= goal.position]
    if not way or way[-1].pk != goal.pk:
        raise _invalid("goal", _("Выберите этап, который действует в этой воронке."))
    if not 0 <= wanted <= MOST:
        raise _invalid("wanted", _("Укажите число от 0 до 100 000."))
    return way


def _hours(steps: Sequence[Step], calendar: WorkingCalendar, week: date, at: datetime, busy: timedelta) -> Hours:
    """Every lead that reaches a stage costs the hours of one attempt to pass it; the last stage costs none."""
    start = datetime.combine(week, datetime.min.time(), calendar.zone)
    end = datetime.combine(week + WEEK, datetime.min.time(), calendar.zone)
    working = max(calendar.working_between(max(start, at), end), NOTHING) if at < end else NOTHING
    effort = [(step.stage.effort_hours, step.needed) for step in steps if step.rate is not None]
    return Hours(
        working=working / HOUR,
        busy=busy / HOUR,
        low=sum(hours * needed.low for hours, needed in effort),
        middle=sum(hours * needed.middle for hours, needed in effort),
        high=sum(hours * needed.high for hours, needed in effort),
    )


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, [FieldError(field, "invalid", message)])
