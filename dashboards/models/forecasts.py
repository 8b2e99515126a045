"""What the model says, kept as it was said: a page reads a handful of rows, and the past can be held against it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Team
from funnel.models import Funnel


class ForecastRun(models.Model):
    """One count over the whole log. ``as_of`` is a midnight of the bank: what came later was not known."""

    as_of = models.DateTimeField(unique=True)
    finished_at = models.DateTimeField()
    leads = models.PositiveIntegerField(default=0)

    class Meta:
        get_latest_by = "as_of"

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d}"


class ForecastRow(models.Model):
    """The forecast of one funnel for one group of leads.

    The group, by owner and team as they stood at the entry that counts: the whole bank (neither given), a team with all
    below it (``whole``) or alone, a person in one team, or a person in all his teams (no team; only where he had more
    than one). ``points`` are told by the end of a calendar week or month, ``checked`` what was said and what came.
    """

    run = models.ForeignKey(ForecastRun, on_delete=models.CASCADE, related_name="rows")
    funnel = models.ForeignKey(Funnel, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    whole = models.BooleanField(default=True)
    open = models.PositiveIntegerField(default=0)
    begun_days = models.FloatField(default=0)
    past_error = models.FloatField(default=0)
    enough_history = models.BooleanField(default=False)
    points = models.JSONField(default=list)
    checked = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "funnel", "team", "user", "whole"], nulls_distinct=False, name="forecast_row_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.team_id or self.user_id or 'bank'}"
