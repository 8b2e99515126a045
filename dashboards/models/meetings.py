"""Meetings with whoever had the lead in their hour, for banks where that cannot be asked afresh for each page."""

from typing import ClassVar

from django.db import models


class MeetingRun(models.Model):
    """When the table was last brought up to date, and how many it holds. One row is kept."""

    finished_at = models.DateTimeField()
    meetings = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.finished_at:%H:%M}"


class MeetingThen(models.Model):
    """A meeting as it stands, with the owner, team and segment of its lead's last entry before its hour."""

    meeting_id = models.UUIDField(primary_key=True)
    lead_id = models.UUIDField()
    planned_at = models.DateTimeField()
    status = models.CharField(max_length=10)
    kind = models.CharField(max_length=10)
    owner_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    segment_id = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["planned_at"], name="meeting_then_by_hour",
                include=["status", "kind", "owner_id", "team_id", "segment_id"],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.meeting_id)
