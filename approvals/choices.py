"""Deeds that touch so many people at once that one pair of eyes is not enough."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

WAITS = timedelta(days=3)
"""A request nobody decided lapses."""
HOLDS = timedelta(hours=8)
"""A consent holds for a working day: a download that breaks off is begun again without asking."""
GROWTH = 10
"""A list lives on while its consent is waited for: up to a tenth more rows are still what was agreed to."""
LONGEST = 300


class Deed(models.TextChoices):
    LEADS = "leads", _("Выгрузка лидов")
    CALLS = "calls", _("Выгрузка звонков")
    HAND_OVER = "hand_over", _("Передача лидов другому сотруднику")
    LOAD = "load", _("Загрузка файла со сменой владельцев")


class State(models.TextChoices):
    WAITING = "waiting", _("ждёт решения")
    AGREED = "agreed", _("согласовано")
    REFUSED = "refused", _("отказано")
