"""The Monday letter: who may get one, when, and the figures in it, which are those of the overview page."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from accounts.models import User
from accounts.roles import Role
from agents.choices import Kind
from dashboards.choices import PeriodKind
from dashboards.days import DAY, begin
from dashboards.figures import figures_of
from dashboards.overview import OverviewQuery, overview, usual_query
from funnel.audience import audience_of
from funnel.models import Funnel
from worktime.calendar import WorkingCalendar
from worktime.selectors import calendars_of

HOUR = time(8)
LATEST = timedelta(hours=12)
"""A letter that could not be written within half a day of its hour is old news."""
AHEAD = timedelta(hours=12)
ROLES = (Role.SALES_HEAD, Role.PRODUCT_OWNER, Role.ADMINISTRATOR, Role.AUDITOR)


def readers() -> list[tuple[User, WorkingCalendar]]:
    """Everybody to whom the overview says something; who of them wants a letter is not known here. Four queries."""
    people = list(User.objects.filter(is_active=True, role__in=ROLES))
    calendars = calendars_of(people)
    return [(user, calendars[user.pk]) for user in people]


def due_now(at: datetime) -> Iterable[tuple[User, datetime]]:
    """Whose letter is owed by now or soon, and when it is due."""
    for user, calendar in readers():
        due = letter_moment(calendar, at)
        if due is not None and due - AHEAD <= at < due + LATEST:
            yield user, due


def letter_moment(calendar: WorkingCalendar, at: datetime) -> datetime | None:
    """Eight in the morning of the week's first working day, by the person's clock; None in a week off."""
    monday = begin(PeriodKind.WEEK, calendar.local_day(at))
    days = (monday + number * DAY for number in range(7))
    first = next((day for day in days if calendar.windows(day)), None)
    return None if first is None else datetime.combine(first, HOUR, calendar.zone)


def letter_facts(user: User, at: datetime) -> dict[str, Any]:
    """Plain values, to be put into words when the letter leaves. Empty where there is no funnel to speak of."""
    funnel = Funnel.objects.filter(kind=Kind.AGENT, product=None).first()
    if funnel is None:
        return {}
    query = usual_query(funnel, audience_of(user), at)
    found = overview(OverviewQuery(user, funnel, query, at))
    if found is None:
        return {}
    return {"figures": figures_of(found, at).facts()}
