"""Who works when: hours by person, holidays by region, days off by date."""

from datetime import time
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.models import Record, audited


class Region(models.TextChoices):
    """Whose holidays a person keeps."""

    UZ = "UZ", _("Узбекистан")
    RU = "RU", _("Россия")


def monday_to_friday() -> list[int]:
    return [1, 2, 3, 4, 5]


@audited()
class WorkSchedule(Record):
    """One person's working hours, by the clock of his own time zone. Weekdays count from Monday = 1.

    A person without a row works by the defaults of these columns.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="work_schedule")
    start = models.TimeField(_("начало дня"), default=time(9))
    end = models.TimeField(_("конец дня"), default=time(18))
    lunch_start = models.TimeField(_("начало обеда"), null=True, blank=True, default=time(13))
    lunch_end = models.TimeField(_("конец обеда"), null=True, blank=True, default=time(14))
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("рабочие дни"), default=monday_to_friday)
    region = models.CharField(_("праздники"), max_length=2, choices=Region.choices, default=Region.UZ)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="schedule_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(lunch_start__isnull=True, lunch_end__isnull=True)
                | Q(lunch_start__gte=F("start"), lunch_end__gt=F("lunch_start"), lunch_end__lte=F("end")),
                name="schedule_lunch_inside_hours",
            ),
            models.CheckConstraint(condition=Q(weekdays__len__gt=0), name="schedule_has_weekdays"),
        ]

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"


@audited()
class Holiday(Record):
    """A date of a region that differs from its weekday: a free one, or (``working``) a moved working one."""

    region = models.CharField(_("регион"), max_length=2, choices=Region.choices, default=Region.UZ)
    day = models.DateField(_("день"))
    name = models.CharField(_("название"), max_length=120)
    working = models.BooleanField(_("рабочий день"), default=False)

    class Meta:
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["region", "day"], name="holiday_once_per_region")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


@audited()
class DayOff(Record):
    """Dates, both ends included, when a person does not work: leave, illness, a journey."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="days_off")
    starts_on = models.DateField(_("первый день"))
    ends_on = models.DateField(_("последний день"))
    note = models.CharField(_("пояснение"), max_length=120, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="day_off_ends_after_it_starts"),
            models.UniqueConstraint(fields=["user", "starts_on", "ends_on"], name="day_off_once"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on}–{self.ends_on}"
