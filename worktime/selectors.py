"""Reading calendars: a person's, those of many in three queries, and the rows behind them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import demand_settings
from accounts.models import User
from common.errors import NotFound
from worktime.calendar import WorkingCalendar
from worktime.models import DayOff, Holiday, Region, WorkSchedule

Days = frozenset[date]
_DAY = timedelta(days=1)


def calendar_of(user: User) -> WorkingCalendar:
    """The person's calendar; three queries."""
    return calendars_of([user])[user.pk]


def calendar_with(user: User, schedule: WorkSchedule) -> WorkingCalendar:
    """The person's calendar if these were his hours; two queries."""
    off = {day for row in DayOff.objects.filter(user=user) for day in _dates(row)}
    free, moved = _holidays()
    return _calendar(user, schedule, free[schedule.region], moved[schedule.region], frozenset(off))


def calendars_of(users: Iterable[User]) -> dict[UUID, WorkingCalendar]:
    """Calendars by the person's id; three queries for any number of people, defaults for those without a schedule."""
    people = {user.pk: user for user in users}
    schedules = {row.user_id: row for row in WorkSchedule.objects.filter(user_id__in=people)}
    off: dict[UUID, set[date]] = defaultdict(set)
    for row in DayOff.objects.filter(user_id__in=people):
        off[row.user_id].update(_dates(row))
    free, moved = _holidays()
    made = {}
    for pk, user in people.items():
        schedule = schedules.get(pk) or WorkSchedule(user=user)
        made[pk] = _calendar(user, schedule, free[schedule.region], moved[schedule.region], frozenset(off.get(pk, ())))
    return made


def _calendar(user: User, schedule: WorkSchedule, free: Days, moved: Days, off: Days) -> WorkingCalendar:
    lunch = (schedule.lunch_start, schedule.lunch_end) if schedule.lunch_start and schedule.lunch_end else None
    return WorkingCalendar(
        zone=user.zone, weekdays=frozenset(schedule.weekdays), start=schedule.start, end=schedule.end, lunch=lunch,
        holidays=free, moved=moved, days_off=off,
    )  # fmt: skip


def _holidays() -> tuple[dict[str, Days], dict[str, Days]]:
    """Free and moved working days by region: some tens of rows a year."""
    free: dict[str, set[date]] = {region: set() for region in Region.values}
    moved: dict[str, set[date]] = {region: set() for region in Region.values}
    for region, day, working in Holiday.objects.values_list("region", "day", "working"):
        (moved if working else free)[region].add(day)
    return {key: frozenset(days) for key, days in free.items()}, {key: frozenset(days) for key, days in moved.items()}


def _dates(row: DayOff) -> Iterable[date]:
    return (row.starts_on + count * _DAY for count in range((row.ends_on - row.starts_on).days + 1))


def schedule_of(user: User) -> WorkSchedule:
    """The person's schedule; an unsaved one with the defaults when he has not set any."""
    return WorkSchedule.objects.filter(user=user).first() or WorkSchedule(user=user)


def days_off_of(user: User, *, since: date) -> QuerySet[DayOff]:
    """One's own days off that are not over by ``since``, the nearest first."""
    return DayOff.objects.filter(user=user, ends_on__gte=since)


def get_day_off(user: User, pk: UUID) -> DayOff:
    """One's own. Raises NotFound, the same for hidden and missing."""
    found = DayOff.objects.filter(user=user, pk=pk).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found


def nearest_holidays(region: str, *, since: date, limit: int = 4) -> QuerySet[Holiday]:
    """What comes next in the region's calendar: free dates and moved working ones."""
    return Holiday.objects.filter(region=region, day__gte=since)[:limit]


def holidays(by: User, *, region: str, year: int) -> QuerySet[Holiday]:
    """A region's year. Raises NotAllowed."""
    demand_settings(by)
    return Holiday.objects.filter(region=region, day__year=year)


def get_holiday(by: User, pk: UUID) -> Holiday:
    """Raises NotFound, NotAllowed."""
    demand_settings(by)
    found = Holiday.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found
