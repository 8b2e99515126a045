from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.ids import uuid7
from notifications.choices import DeliveryState, Way
from notifications.models.notice import Notice


class Delivery(models.Model):
    """One message out of the house: of one notice at once, or the digest of a day.

    It is sent at least once, always under the id that ``outside_id`` makes of the row's own; ``attempts`` counts
    how often it was put off. ``wall_at`` and ``zone`` are the clock face that a digest was due by.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deliveries")
    way = models.CharField(max_length=10, choices=Way.choices)
    key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    wall_at = models.CharField(max_length=16, blank=True, default="")
    zone = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=7, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    notices: "models.ManyToManyField[Notice, DeliveryLine]" = models.ManyToManyField(Notice, through="DeliveryLine")

    class Meta:
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return self.key

    @property
    def outside_id(self) -> str:
        return f"notice-{self.pk}"

    @property
    def is_digest(self) -> bool:
        return self.key.startswith("digest:")


class DeliveryLine(models.Model):
    """A notice that goes out by a way; without a ``delivery`` it waits for the next digest."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    way = models.CharField(max_length=10, choices=Way.choices)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, null=True, related_name="lines")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["notice", "way"], name="delivery_line_once")]
        indexes: ClassVar = [
            models.Index(fields=["user", "way"], condition=Q(delivery__isnull=True), name="delivery_line_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.notice_id}"
