"""The region's people do not all work from nine to six."""

import pytest

from common import clock
from demo import cast, hours
from worktime.models import DayOff, WorkSchedule
from worktime.selectors import calendars_of

pytestmark = pytest.mark.django_db


def test_a_few_people_work_otherwise_and_a_few_are_away_soon() -> None:
    people, at = cast.gather("demo-demo-demo"), clock.now()
    hours.keep(people, at)
    calendars = calendars_of(people.values())
    assert WorkSchedule.objects.count() == len(hours.HOURS) < len(people)
    assert calendars[people["kim"].pk].weekdays == frozenset(hours.SATURDAYS)
    assert calendars[people["owner"].pk].weekdays == frozenset({1, 2, 3, 4, 5})
    today = at.astimezone(people["volkova"].zone).date()
    assert DayOff.objects.filter(ends_on__gt=today).count() == len(hours.AWAY)
