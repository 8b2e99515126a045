"""What lies on people's desks, kept for those who look over many; one day's row a person tells next week's change."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Team


class LoadRun(models.Model):
    """When the desks were last counted. One row is kept."""

    finished_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.finished_at:%H:%M}"


class LoadRow(models.Model):
    """One person's work of one team as it stood when it was last counted on that day of the bank.

    ``team`` is that of the leads and actions: whoever moves on leaves them with it. Overdue leads and actions by age:
    under a day, 1-3, 4-7, over 7 days.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    leads = models.PositiveIntegerField(default=0)
    actions = models.PositiveIntegerField(default=0)
    minutes = models.PositiveIntegerField(default=0)
    """Planned for this week, done ones included."""
    capacity = models.PositiveIntegerField(default=0)
    """Working minutes of this week."""
    late_leads_0 = models.PositiveIntegerField(default=0)
    late_leads_1 = models.PositiveIntegerField(default=0)
    late_leads_4 = models.PositiveIntegerField(default=0)
    late_leads_8 = models.PositiveIntegerField(default=0)
    late_actions_0 = models.PositiveIntegerField(default=0)
    late_actions_1 = models.PositiveIntegerField(default=0)
    late_actions_4 = models.PositiveIntegerField(default=0)
    late_actions_8 = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "user", "team"], nulls_distinct=False, name="load_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.user_id}"
