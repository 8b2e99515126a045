"""How telling went: one delivery an event and endpoint, one attempt a try."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from common.ids import uuid7
from webhooks.choices import DeliveryState
from webhooks.models.endpoints import Endpoint
from webhooks.models.events import Event
from webhooks.querysets import DeliveryQuerySet


class Delivery(models.Model):
    """An event owed to an endpoint. ``next_at`` is when it is due; while a relay has it, when its lease runs out.

    The lease belongs to whoever knows ``lease_token``: a result that comes under another one counts for nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    position = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    lease_token = models.UUIDField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[DeliveryQuerySet] = DeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_delivery_once")]
        indexes = [
            models.Index(
                fields=["endpoint", "next_at", "position"],
                condition=models.Q(state="waiting"),
                name="webhook_delivery_due",
            ),
            models.Index(fields=["endpoint", "-position"], name="webhook_delivery_log"),
            models.Index(
                fields=["endpoint", "-position"], condition=models.Q(state="dead"), name="webhook_delivery_dead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"


class Attempt(models.Model):
    """One try: what was answered (the first 2 KB) or why nothing was, and how long it took."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField(db_default=Now())
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=40, blank=True, default="")
    body = models.CharField(max_length=2048, blank=True, default="")
    milliseconds = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.status or self.error} {self.milliseconds} ms"
