"""Plan and fact: how far a period has come by working days, and where it ends if it goes on like this."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from accounts.models import User
from dashboards.days import DAY, midnight
from worktime.calendar import WorkingCalendar
from worktime.selectors import calendar_of


class Stand(StrEnum):
    """What can be said of a period at all."""

    NO_PLAN = "no_plan"
    ZERO_PLAN = "zero_plan"
    AHEAD = "ahead"
    """The period has not begun, or no working time of it is gone."""
    OVER = "over"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Pace:
    """``share`` is the part of the working time that is gone, from 0 to 1. Days are those of the bank."""

    first: date
    last: date
    fact: Decimal
    plan: Decimal | None
    share: Decimal
    stand: Stand

    @property
    def value(self) -> Decimal | None:
        """Fact ÷ (plan × share); 1 is on time. None where nothing can be said."""
        if not self.plan or not self.share:
            return None
        return self.fact / (self.plan * self.share)

    @property
    def due(self) -> Decimal | None:
        """What the plan wants by now."""
        return None if self.plan is None else self.plan * self.share

    @property
    def done(self) -> Decimal | None:
        """Fact ÷ plan."""
        return self.fact / self.plan if self.plan else None

    @property
    def projected(self) -> Decimal | None:
        """Where it ends at this pace; the fact itself once it is over."""
        return self.fact / self.share if self.share else None


def pace_of(
    *, first: date, last: date, fact: Decimal, plan: Decimal | None, at: datetime, calendar: WorkingCalendar
) -> Pace:
    share = calendar.share_gone(midnight(first), midnight(last + DAY), at)
    return Pace(first, last, fact, plan, share, _stand(last, plan, share, at))


def _stand(last: date, plan: Decimal | None, share: Decimal, at: datetime) -> Stand:
    if at >= midnight(last + DAY):
        return Stand.NO_PLAN if plan is None else Stand.OVER
    if plan is None:
        return Stand.NO_PLAN
    if not share:
        return Stand.AHEAD
    return Stand.RUNNING if plan else Stand.ZERO_PLAN


def calendar_for(reader: User, person: User | None = None) -> WorkingCalendar:
    """A person's own working days with his days off; of a team or the bank the reader's, without his days off."""
    if person is not None:
        return calendar_of(person)
    return replace(calendar_of(reader), days_off=frozenset())
