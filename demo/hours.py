"""Who in the region works otherwise than from nine to six, and who is away soon."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from accounts.models import User
from worktime import services

SATURDAYS: tuple[int, ...] = (2, 3, 4, 5, 6)
HOURS: dict[str, dict[str, Any]] = {
    "leadgen": {"start": time(8), "end": time(17), "lunch_start": time(12), "lunch_end": time(13)},
    "pak": {"start": time(10), "end": time(19), "lunch_start": time(14), "lunch_end": time(15)},
    "kim": {"weekdays": SATURDAYS},
    "karimova": {"weekdays": SATURDAYS, "start": time(10), "end": time(18)},
    "litvinov": {"end": time(17), "lunch_start": time(13), "lunch_end": time(13, 30)},
}
# Code, days from today to the first and to the last day, why.
AWAY = (
    ("owner", 12, 12, "обучение в Самарканде"),
    ("volkova", 9, 15, "отпуск"),
    ("ergashev", 3, 3, "семейный день"),
    ("azimova", 20, 33, "отпуск"),
)


def keep(people: Mapping[str, User], at: datetime) -> None:
    """Everybody sets his own, as on the page. The rest work by the defaults."""
    for code, changes in HOURS.items():
        services.set_schedule(user=people[code], by=people[code], changes=changes)
    for code, first, last, note in AWAY:
        user = people[code]
        today = at.astimezone(user.zone).date()
        services.add_day_off(
            user=user, by=user, starts_on=today + timedelta(days=first), ends_on=today + timedelta(days=last),
            note=note, at=at,
        )  # fmt: skip
