"""The digest: what waited, in one message a day and way, at the chosen time of a working day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from notifications.choices import Way
from notifications.models import Delivery, DeliveryLine
from notifications.services.preferences import settings_of
from notifications.services.sending import owe_sending
from notifications.wall import face_of, moment_of
from worktime.calendar import WorkingCalendar
from worktime.selectors import calendars_of


def gather(*, at: datetime) -> int:
    """Make the digests whose time has come today. Returns how many.

    Harmless to repeat, also by two at once: the day's digest of a person and way is one row, made in one
    transaction with the lines it takes. What comes in after it waits for the next working day's.
    """
    ways: dict[UUID, list[str]] = defaultdict(list)
    waiting = DeliveryLine.objects.filter(delivery__isnull=True).order_by().values_list("user_id", "way").distinct()
    for user_id, way in waiting:
        ways[user_id].append(way)
    people = User.objects.filter(pk__in=list(ways)).select_related("notification_settings", "telegram_link")
    calendars = calendars_of(people)
    return sum(_of_person(user, ways[user.pk], calendars[user.pk], at) for user in people)


def _of_person(user: User, ways: Iterable[str], calendar: WorkingCalendar, at: datetime) -> int:
    today = calendar.local_day(at)
    due = moment_of(today, settings_of(user).digest_at, calendar.zone)
    if at < due or not calendar.is_working_day(today):
        return 0
    return sum(_make(user, way, due, calendar, at) for way in ways)


@transaction.atomic
def _make(user: User, way: str, due: datetime, calendar: WorkingCalendar, at: datetime) -> int:
    key = f"digest:{way}:{user.pk}:{calendar.local_day(at).isoformat()}"
    row = Delivery(
        user=user, way=Way(way), key=key, created_at=at, wall_at=face_of(due, calendar.zone), zone=calendar.zone.key
    )  # fmt: skip
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    if not Delivery.objects.filter(pk=row.pk).exists():
        return 0
    DeliveryLine.objects.filter(user=user, way=way, delivery__isnull=True).update(delivery=row)
    # At once, whatever the quiet hours: the sending waits for their end by itself.
    owe_sending(row, at)
    return 1
