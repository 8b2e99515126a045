"""What this room holds of people: colleagues' working days."""

from collections.abc import Mapping

from django.db import models

from worktime.models import DayOff, Holiday, WorkSchedule

PLAIN: Mapping[type[models.Model], str] = {WorkSchedule: "weekdays", Holiday: "name", DayOff: "note"}
