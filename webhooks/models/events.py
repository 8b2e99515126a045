"""The outbox: what happened, for those outside. Written in the deed's transaction, numbered by the relay."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from common.ids import uuid7
from webhooks.querysets import EventQuerySet


class Event(models.Model):
    """One thing that happened, with the owner and team of its object at that time. Ids and codes only.

    ``serial`` is taken in the deed, ``position`` and ``number`` are given by the relay once the deed is committed
    (``webhooks.numbering``): a reader that has seen a position has seen all before it. ``uid`` is the webhook-id.
    """

    serial = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid7, editable=False, unique=True)
    type = models.CharField(max_length=40)
    object_id = models.UUIDField()
    number = models.PositiveIntegerField(null=True)
    position = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    # Plain columns: what is told of a deed must not hinder that a person or a team is deleted later.
    actor_id = models.UUIDField(null=True)
    owner_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    data = models.JSONField(db_default=models.Value({}, models.JSONField()))

    objects: ClassVar[EventQuerySet] = EventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["position"], condition=models.Q(position__isnull=False), name="webhook_event_position"
            )
        ]
        indexes = [
            models.Index(fields=["serial"], condition=models.Q(position__isnull=True), name="webhook_event_pending"),
            models.Index(
                fields=["type", "position"], condition=models.Q(position__isnull=False), name="webhook_event_of_type"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.uid}"


class Tally(models.Model):
    """How many events an object has had; outlives the events, so that its numbers never start anew."""

    object_id = models.UUIDField(primary_key=True)
    number = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.object_id}: {self.number}"


class Line(models.Model):
    """One row: the last position given. Whoever holds its lock gives numbers; ``swept`` is the last deleted one."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)
    swept = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="webhook_line_single")]

    def __str__(self) -> str:
        return str(self.position)
