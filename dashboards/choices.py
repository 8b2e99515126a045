"""The fixed words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PeriodKind(models.TextChoices):
    """What a commitment is for and what a plan is held against."""

    WEEK = "week", _("Неделя")
    MONTH = "month", _("Месяц")
